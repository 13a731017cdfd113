import type { Exit } from '../hooks/vmm.ts'
import { announce, type Engine, type LiveVm, updateVm } from './engine.ts'
import { releaseNetwork } from './end-machine.ts'

/** Notices when a VM goes by itself: powered off from inside, crashed, killed from outside. */
export function watchExit(engine: Engine, id: string, watched: LiveVm): void {
  void watched.machine.exited.then(async (exit) => {
    if (engine.live.get(id) !== watched) return
    const name = engine.store.vms.get(id)?.name ?? id
    await engine.locks.hold(id, name, 'noticing that it stopped', async () => {
      if (engine.live.get(id) === watched) await markStopped(engine, id, exit)
    })
  })
}

/** The row of a VM whose VMM is gone. */
export async function markStopped(engine: Engine, id: string, exit: Exit): Promise<void> {
  engine.live.get(id)?.agent.close()
  engine.live.delete(id)
  engine.activity.forget(id)
  engine.usage.delete(id)
  await releaseNetwork(engine, id)
  const vm = updateVm(engine, id, { state: 'stopped', machine: undefined, attachment: undefined, exit })
  if (vm) announce(engine, { type: 'vm.stopped', vm: { id, name: vm.name }, reason: exit.detail })
}
