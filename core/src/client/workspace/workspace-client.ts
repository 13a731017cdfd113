import { fail } from '../../errors.ts'
import {
  defaultGuestPath,
  type DiffWorkspace,
  type PreparedWorkspace,
  type PrepareWorkspace,
  type PulledWorkspace,
  type PullWorkspace,
  type WorkspaceDiff,
  type WorkspaceSource,
} from '../../protocol/workspace.ts'
import type { DaemonClient, OperationOptions } from '../daemon-client.ts'

/** The workspaces of VMs. Every method throws what the daemon reports. */
export class WorkspaceClient {
  readonly #client: DaemonClient

  constructor(client: DaemonClient) {
    this.#client = client
  }

  /** @throws workspace.no-checkout, workspace.submodules, … what prepare would refuse by itself */
  check(source: WorkspaceSource): Promise<{ source: string }> {
    return this.#client.request('POST', '/v1/workspaces/check', source)
  }

  /** @throws workspace.interrupted when `options.signal` ends it */
  async prepare(vm: string, request: PrepareWorkspace, options: OperationOptions = {}): Promise<PreparedWorkspace> {
    try {
      return await this.#client.operation('POST', `${pathOf(vm)}/prepare`, request, options)
    } catch (error) {
      if (!options.signal?.aborted) throw error
      throw fail('workspace.interrupted', { vm, folder: request.guestPath ?? defaultGuestPath }, error)
    }
  }

  /** @throws workspace.none */
  diff(vm: string, request: DiffWorkspace, options: OperationOptions = {}): Promise<WorkspaceDiff> {
    return this.#client.operation('POST', `${pathOf(vm)}/diff`, request, { what: 'Looking at the workspace', ...options })
  }

  /** @throws workspace.none, workspace.branch; workspace.pull-interrupted when `options.signal` ends it */
  async pull(vm: string, request: PullWorkspace, options: OperationOptions = {}): Promise<PulledWorkspace> {
    try {
      return await this.#client.operation('POST', `${pathOf(vm)}/pull`, request, options)
    } catch (error) {
      throw options.signal?.aborted ? fail('workspace.pull-interrupted', { vm }, error) : error
    }
  }
}

function pathOf(vm: string): string {
  return `/v1/vms/${encodeURIComponent(vm)}/workspace`
}
