import type { Engine } from './engine.ts'

export async function releaseNetwork(engine: Engine, id: string): Promise<void> {
  const vm = engine.store.vms.get(id)
  if (vm && vm.network !== 'none') await engine.networks.get(vm.network)?.release(id)
}

/** The VM is about to be deleted: its network remembers nothing of it. */
export async function forgetNetwork(engine: Engine, id: string): Promise<void> {
  const vm = engine.store.vms.get(id)
  if (vm) await engine.networks.get(vm.network)?.forget?.(id)
}

/** Ends whatever runs of a VM, also what this daemon never knew of. */
export async function endMachine(engine: Engine, id: string): Promise<void> {
  const vm = engine.store.vms.get(id)
  const live = engine.live.get(id)
  engine.live.delete(id)
  live?.agent.close()
  await live?.machine.kill()
  if (vm) await engine.vmms.get(vm.vmm)?.sweep({ id, dir: engine.paths.vm(id).dir })
}
