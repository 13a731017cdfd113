import { fail } from '../errors.ts'
import type { Exit } from '../hooks/vmm.ts'
import type { Vm } from '../protocol/model.ts'
import { type Engine, updateVm } from './engine.ts'
import { perform, type Live, type Step, type Verb } from './sequence.ts'
import { endMachine } from './end-machine.ts'
import { markStopped } from './watch-exit.ts'

/** Milliseconds: how long a guest may take to shut down before it is killed. */
const grace = 30_000

interface StopData {
  id: string
  /** Why banger stops it unasked. */
  because?: string
}

/** Shuts a VM down, by force when it takes too long. A stopped VM is left as it is. */
export async function stopVm(engine: Engine, vm: Vm, live: Live): Promise<Vm> {
  return end(engine, vm, stopVerb(engine), live, { interrupt: false })
}

/** Shuts a VM down because nobody uses it, which is what it is said to have stopped for. */
export async function stopStaleVm(engine: Engine, vm: Vm, live: Live, because: string): Promise<Vm> {
  return end(engine, vm, stopVerb(engine), live, { interrupt: false, because })
}

/** Ends a VM at once, also one that is being started or stopped. */
export async function killVm(engine: Engine, vm: Vm, live: Live): Promise<Vm> {
  return end(engine, vm, killVerb(engine), live, { interrupt: true })
}

export function stopVerb(engine: Engine): Verb<StopData> {
  return { name: 'vm.stop', onCrash: 'finish', steps: [askStep(engine), ...endSteps(engine)] }
}

export function killVerb(engine: Engine): Verb<StopData> {
  return { name: 'vm.kill', onCrash: 'finish', steps: endSteps(engine) }
}

async function end(
  engine: Engine,
  vm: Vm,
  verb: Verb<StopData>,
  live: Live,
  options: { interrupt: boolean; because?: string },
): Promise<Vm> {
  const data = { id: vm.id, ...(options.because === undefined ? {} : { because: options.because }) }
  await engine.locks.hold(
    vm.id,
    vm.name,
    verb.name.slice(3),
    async (signal) => {
      const now = engine.store.vms.get(vm.id)
      if (!now) throw fail('vm.not-found', { name: vm.name })
      if (now.state === 'stopped') return
      await perform(verb, vm.id, data, { ...live, signal }, { journal: engine.store.journal, log: engine.host.log })
    },
    options,
  )
  return engine.store.vms.get(vm.id) ?? vm
}

function askStep(engine: Engine): Step<StopData> {
  return {
    name: 'ask',
    run: async ({ id }, live) => {
      const vm = updateVm(engine, id, { state: 'stopping' })
      const running = engine.live.get(id)
      if (!vm || !running) return
      live.progress({ id: 'stop', message: `Shutting down ${vm.name}`, state: 'running' })
      const gone = running.machine.exited.then(() => true)
      // the agent first; the power button for a guest whose agent does not answer
      await running.agent.shutdown('poweroff').catch(() => running.machine.shutdown().catch(() => undefined))
      const off = await Promise.race([gone, timeout(grace, live.signal)])
      const message = off ? `Shut down ${vm.name}` : `${vm.name} did not shut down in time and was killed`
      live.progress({ id: 'stop', message, state: 'done' })
    },
  }
}

function endSteps(engine: Engine): Step<StopData>[] {
  return [
    {
      name: 'end',
      run: async ({ id, because }) => {
        const exited = engine.live.get(id)?.machine.exited
        await endMachine(engine, id)
        const exit: Exit = (await exited) ?? { reason: 'killed', detail: 'It was stopped.' }
        updateVm(engine, id, { exit: because === undefined ? exit : { reason: 'stale', detail: because } })
      },
    },
    {
      name: 'row',
      run: ({ id }) => markStopped(engine, id, engine.store.vms.get(id)?.exit ?? { reason: 'killed', detail: 'It was stopped.' }),
    },
  ]
}

/** Resolves to false after that time, or at once when the verb is interrupted by a stronger one. */
function timeout(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}
