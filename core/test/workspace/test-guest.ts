import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AgentClient } from '../../src/guest/agent-client.ts'
import { createHost } from '../../src/host/index.ts'
import { resolvePaths } from '../../src/store/paths.ts'
import type { WorkspaceContext } from '../../src/workspace/context.ts'
import type { PreparedWorkspace, PulledWorkspace, WorkspaceDiff } from '../../src/protocol/workspace.ts'
import { findCheckout } from '../../src/workspace/checkout/find-checkout.ts'
import { diffWorkspace } from '../../src/workspace/diff.ts'
import { prepareWorkspace } from '../../src/workspace/prepare.ts'
import type { PrepareRequest } from '../../src/workspace/prepare-request.ts'
import { pullWorkspace } from '../../src/workspace/pull.ts'
import { stagingFolder } from '../../src/workspace/return/staging-folder.ts'

export const agentBinary = join(import.meta.dirname, '../../../build/bin/banger-vsock-agent')

const log = { debug() {}, info() {}, warn() {}, error() {} }

/** The real agent as a process of this machine, whose files are the guest's, and banger's side of it. */
export class TestGuest implements AsyncDisposable {
  readonly folder: string
  readonly context: WorkspaceContext
  readonly #agent: ChildProcess

  private constructor(folder: string, agent: ChildProcess) {
    this.folder = folder
    this.#agent = agent
    const client = new AgentClient(async () => {
      const socket = connect(join(folder, 'agent.sock'))
      await once(socket, 'connect')
      return socket
    }, 'box')
    const host = createHost(resolvePaths({ HOME: folder }), log)
    this.context = { host, agent: client, vm: 'box', diskSize: 2 ** 30, workspaces: join(folder, 'workspaces') }
  }

  static async start(): Promise<TestGuest> {
    const folder = await mkdtemp(join(tmpdir(), 'banger-workspace-'))
    const agent = spawn(agentBinary, ['serve', '--unix', join(folder, 'agent.sock'), '--root', '/'], { stdio: 'inherit' })
    const guest = new TestGuest(folder, agent)
    await guest.context.agent.waitReady({ timeout: 10_000 })
    return guest
  }

  /** Where the workspace lies: the guest's root is this machine's. */
  get repo(): string {
    return join(this.folder, 'guest/repo')
  }

  prepare(
    path: string,
    request: Partial<PrepareRequest> = {},
    signal = new AbortController().signal,
  ): Promise<PreparedWorkspace> {
    const whole: PrepareRequest = { path, guestPath: this.repo, mode: 'shallow', readonly: false, overwrite: false, ...request }
    return prepareWorkspace(this.context, whole, { signal, progress: () => undefined })
  }

  diff(format: 'patch' | 'stat' = 'patch'): Promise<WorkspaceDiff> {
    return diffWorkspace(this.context, { guestPath: this.repo, format }, this.#live())
  }

  async pull(
    source: string,
    options: { branch?: string; guestPath?: string; signal?: AbortSignal } = {},
  ): Promise<PulledWorkspace> {
    const checkout = await findCheckout(this.context.host, source)
    const { signal, ...rest } = options
    const request = { guestPath: this.repo, staging: await stagingFolder(checkout), ...rest }
    return pullWorkspace(this.context, checkout, request, { ...this.#live(), ...(signal ? { signal } : {}) })
  }

  #live() {
    return { signal: new AbortController().signal, progress: () => undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.context.agent.close()
    this.#agent.kill('SIGKILL')
    await rm(this.folder, { recursive: true, force: true })
  }
}
