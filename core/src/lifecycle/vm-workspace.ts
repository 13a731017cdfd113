import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fail, toBangerError } from '../errors.ts'
import type { AgentClient } from '../guest/agent-client.ts'
import type { Vm } from '../protocol/model.ts'
import {
  defaultGuestPath,
  type DiffWorkspace,
  type PreparedWorkspace,
  type PrepareWorkspace,
  type PulledWorkspace,
  type PullWorkspace,
  type WorkspaceDiff,
  type WorkspaceSource,
} from '../protocol/workspace.ts'
import { findCheckout } from '../workspace/checkout/find-checkout.ts'
import type { WorkspaceContext } from '../workspace/context.ts'
import { readSource } from '../workspace/metadata/read-source.ts'
import { diffWorkspace } from '../workspace/diff.ts'
import { openWorkspace } from '../workspace/open-workspace.ts'
import { prepareWorkspace } from '../workspace/prepare.ts'
import { pullWorkspace } from '../workspace/pull.ts'
import { readRecords } from '../workspace/record/workspace-record.ts'
import { stagingFolder } from '../workspace/return/staging-folder.ts'
import { startTooling } from '../workspace/start-tooling.ts'
import type { Engine } from './engine.ts'
import { expireEphemeral, keepEphemeral } from './ephemeral.ts'
import { type Live, perform, type Verb } from './sequence.ts'

/**
 * Refuses what no workspace can be made of, before there is a VM for it.
 * @returns the checkout's folder
 * @throws workspace.no-checkout, workspace.submodules, workspace.nested, workspace.branch, workspace.unreadable
 */
export async function checkWorkspace(engine: Engine, source: WorkspaceSource): Promise<{ source: string }> {
  const { path, mode = 'shallow', branch } = source
  const checkout = await findCheckout(engine.host, path)
  await mkdir(engine.paths.cache, { recursive: true })
  const stage = await mkdtemp(join(engine.paths.cache, 'workspace-'))
  try {
    await readSource(engine.host, checkout, { mode, shallow: [], stage, ...(branch ? { branch } : {}) })
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
  return { source: checkout.top }
}

/** Brings a checkout into a VM; see prepareWorkspace. @throws vm.not-running, vm.busy, … */
export function prepareVmWorkspace(engine: Engine, vm: Vm, request: PrepareWorkspace, live: Live): Promise<PreparedWorkspace> {
  const { tooling = false, ...wanted } = request
  const whole = { guestPath: defaultGuestPath, mode: 'shallow' as const, readonly: false, overwrite: false, ...wanted }
  return withWorkspaces(engine, vm, 'workspace prepare', live, async (context, both) => {
    const prepared = await prepareWorkspace(context, whole, both)
    if (!tooling) return prepared
    try {
      return { ...prepared, toolingLog: await startTooling(context.agent, whole.guestPath, prepared.source, both.signal) }
    } catch (error) {
      const warning = `The tools that the checkout names are not installed: ${toBangerError(error).message}`
      return { ...prepared, warnings: [...prepared.warnings, warning] }
    }
  })
}

/** What a guest has changed in a workspace; see diffWorkspace. @throws vm.not-running, vm.busy, … */
export function diffVmWorkspace(engine: Engine, vm: Vm, request: DiffWorkspace, live: Live): Promise<WorkspaceDiff> {
  const { guestPath = defaultGuestPath, format = 'patch' } = request
  return withWorkspaces(engine, vm, 'workspace diff', live, (context, both) =>
    diffWorkspace(context, { guestPath, format }, both),
  )
}

/** Brings what a guest has done in a workspace to its checkout; see pullWorkspace. @throws vm.not-running, vm.busy, … */
export function pullVmWorkspace(engine: Engine, vm: Vm, request: PullWorkspace, live: Live): Promise<PulledWorkspace> {
  const { guestPath = defaultGuestPath, branch } = request
  return withWorkspaces(engine, vm, 'workspace pull', live, async (context, both) => {
    const { remembered } = await openWorkspace(context, guestPath)
    const checkout = await findCheckout(engine.host, remembered.record.source)
    const staging = await stagingFolder(checkout)
    const whole = { guestPath, staging, ...(branch === undefined ? {} : { branch }) }
    let pulled: PulledWorkspace | undefined
    const verb = pullVerb(async (stepLive) => {
      pulled = await pullWorkspace(context, checkout, whole, stepLive)
    })
    await perform(verb, vm.id, { staging }, both, { journal: engine.store.journal, log: engine.host.log })
    return pulled as PulledWorkspace
  })
}

/**
 * A pull's files appear one by one, each whole; what a crash leaves is the folder where they are made.
 * @param pull unknown, and not needed, when a crash is undone
 */
export function pullVerb(pull: (live: Live) => Promise<void> = async () => undefined): Verb<{ staging: string }> {
  return {
    name: 'workspace.pull',
    onCrash: 'undo',
    steps: [{ name: 'pull', run: (_, live) => pull(live), undo: ({ staging }) => rm(staging, { recursive: true, force: true }) }],
  }
}

/** Makes workspaces read-only again that were, before the guest's own programs start. */
export async function lockWorkspaces(engine: Engine, vm: Vm, agent: AgentClient, signal: AbortSignal): Promise<void> {
  for (const { guestPath, readonly } of await readRecords(engine.paths.vm(vm.id).workspaces))
    if (readonly) await agent.worktree.write(guestPath, Readable.from([]), { readonly, signal })
}

/** Runs a verb on a running VM's workspaces; a VM that waits for its command waits for it, too. */
function withWorkspaces<T>(
  engine: Engine,
  vm: Vm,
  verb: string,
  live: Live,
  work: (context: WorkspaceContext, live: Live) => Promise<T>,
): Promise<T> {
  return engine.locks.hold(vm.id, vm.name, verb, async (signal) => {
    const state = engine.store.vms.get(vm.id)?.state ?? 'deleted'
    const agent = engine.live.get(vm.id)?.agent
    if (!agent || state !== 'running') throw fail('vm.not-running', { name: vm.name, state })
    const waited = keepEphemeral(vm)
    try {
      const context = {
        host: engine.host,
        agent,
        vm: vm.name,
        diskSize: vm.disk * 1024 * 1024,
        workspaces: engine.paths.vm(vm.id).workspaces,
      }
      return await work(context, { ...live, signal: AbortSignal.any([signal, live.signal]) })
    } finally {
      if (waited) expireEphemeral(engine, vm)
    }
  })
}
