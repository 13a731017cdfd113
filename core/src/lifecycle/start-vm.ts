import { fail, isError, toBangerError } from '../errors.ts'
import { AgentClient } from '../guest/agent-client.ts'
import type { Exit } from '../hooks/vmm.ts'
import type { Vm } from '../protocol/model.ts'
import { endMachine, releaseNetwork } from './end-machine.ts'
import { announce, type Engine, type LiveVm, updateVm } from './engine.ts'
import { keepConsoleLog, keepNamedLog, lastConsoleLine } from './failed-boot.ts'
import { guestConfig } from './guest-config.ts'
import { machineSpec } from './machine-spec.ts'
import { perform, type Live, type Step, type Verb } from './sequence.ts'
import { lockWorkspaces } from './vm-workspace.ts'
import { watchExit } from './watch-exit.ts'

/** Milliseconds until a guest must be ready; generous, since several may boot at once under emulation. */
const bootTimeout = 240_000

/**
 * Starts a stopped VM and waits until it is ready. When that fails it is stopped as before.
 * @throws vm.running, vm.boot-failed, …
 */
export async function startVm(engine: Engine, vm: Vm, live: Live): Promise<Vm> {
  await engine.locks.hold(vm.id, vm.name, 'start', async (signal) => {
    const now = engine.store.vms.get(vm.id)
    if (!now) throw fail('vm.not-found', { name: vm.name })
    if (now.state === 'running') throw fail('vm.running', { name: vm.name })
    const both = { ...live, signal: AbortSignal.any([signal, live.signal]) }
    await perform(startVerb(engine), vm.id, { id: vm.id }, both, { journal: engine.store.journal, log: engine.host.log })
  })
  return engine.store.vms.get(vm.id) ?? vm
}

export function startVerb(engine: Engine): Verb<{ id: string }> {
  return { name: 'vm.start', onCrash: 'undo', steps: startSteps(engine) }
}

export function startSteps(engine: Engine): Step<{ id: string }>[] {
  return [
    {
      name: 'state',
      run: ({ id }) => void updateVm(engine, id, { state: 'starting', warnings: [], exit: undefined }),
      undo: ({ id }) => void updateVm(engine, id, { state: 'stopped', machine: undefined, attachment: undefined }),
    },
    { name: 'network', run: ({ id }) => attachNetwork(engine, id), undo: ({ id }) => releaseNetwork(engine, id) },
    { name: 'vmm', run: ({ id }, live) => startMachine(engine, id, live), undo: ({ id }) => endMachine(engine, id) },
    { name: 'ready', run: ({ id }, live) => awaitReady(engine, id, live) },
    { name: 'running', run: ({ id }) => markRunning(engine, id) },
  ]
}

async function attachNetwork(engine: Engine, id: string): Promise<void> {
  const vm = engine.store.vms.get(id)
  if (!vm || vm.network === 'none') return
  const owner = engine.vmms.get(vm.vmm)?.userOf?.(id)
  const request = { vmId: id, vmName: vm.name, publish: vm.publish, ...(owner === undefined ? {} : { owner }) }
  const attachment = await engine.networks.require(vm.network).attach(request)
  updateVm(engine, id, { attachment })
}

async function startMachine(engine: Engine, id: string, live: Live): Promise<void> {
  const vm = required(engine, id)
  live.progress({ id: 'boot', message: `Booting ${vm.name}`, state: 'running' })
  const spec = await machineSpec(engine, vm, live.signal)
  const starting = engine.vmms.require(vm.vmm).start(spec, (state) => updateVm(engine, id, { machine: state }))
  const machine = await starting.catch(async (error: unknown) => {
    throw await keepNamedLog(engine, vm, error)
  })
  updateVm(engine, id, { machine: machine.state })
  const started: LiveVm = { machine, agent: new AgentClient((signal) => machine.connect(signal), vm.name) }
  engine.live.set(id, started)
  watchExit(engine, id, started)
}

async function awaitReady(engine: Engine, id: string, live: Live): Promise<void> {
  const vm = required(engine, id)
  const { machine, agent } = engine.live.get(id) ?? missing(vm)
  const { guest, warnings } = await guestConfig(engine, vm, live.signal)
  try {
    await agent.waitReady({ timeout: bootTimeout, signal: live.signal, exited: machine.exited })
    await lockWorkspaces(engine, vm, agent, live.signal)
    // Never the configuration itself, which holds keys and other people's secrets.
    engine.host.log.debug({ vm: vm.name, files: guest.files.map((file) => file.path) }, 'configuring a guest')
    const answer = await agent.configure({ ...guest, clock: Date.now() }, live.signal)
    updateVm(engine, id, { warnings: [...warnings, ...answer.warnings] })
  } catch (error) {
    if (live.signal.aborted) throw live.signal.reason
    throw await bootFailure(engine, vm, machine.exited, error)
  }
  live.progress({ id: 'boot', message: `Booted ${vm.name}`, state: 'done' })
}

async function bootFailure(engine: Engine, vm: Vm, exited: Promise<Exit>, error: unknown) {
  const exit = await Promise.race([exited, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 50))])
  const said = await lastConsoleLine(engine, vm.id)
  const log = await keepConsoleLog(engine, vm)
  const what = exit?.detail ?? toBangerError(error).message
  if (isError(error, 'port.in-use')) return error
  return fail('vm.boot-failed', { name: vm.name, reason: said ? `${what} The console's last word: ${said}` : what, log }, error)
}

function markRunning(engine: Engine, id: string): void {
  const vm = updateVm(engine, id, { state: 'running', startedAt: Date.now() })
  engine.activity.note(id)
  if (vm) announce(engine, { type: 'vm.started', vm: { id, name: vm.name } })
}

function required(engine: Engine, id: string): Vm {
  const vm = engine.store.vms.get(id)
  if (!vm) throw fail('vm.not-found', { name: id })
  return vm
}

function missing(vm: Vm): never {
  throw fail('vm.not-running', { name: vm.name, state: vm.state })
}
