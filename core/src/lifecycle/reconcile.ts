import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AgentClient } from '../guest/agent-client.ts'
import type { Vm } from '../protocol/model.ts'
import { addImageVerb } from './add-image.ts'
import { importKernelVerb } from './add-kernel.ts'
import { createAndStartVerb, createVerb } from './create-vm.ts'
import { deleteImageVerb, deleteKernelVerb } from './delete-artifacts.ts'
import { deleteVerb } from './delete-vm.ts'
import type { Engine, LiveVm } from './engine.ts'
import { recover, type Verb } from './sequence.ts'
import { startVerb } from './start-vm.ts'
import { killVerb, stopVerb } from './stop-vm.ts'
import { pullVerb } from './vm-workspace.ts'
import { markStopped, watchExit } from './watch-exit.ts'

/** Every journaled verb, so that what a crash left can be undone or finished. */
export function verbs(engine: Engine): Verb<never>[] {
  return [
    createVerb(engine),
    createAndStartVerb(engine),
    startVerb(engine),
    stopVerb(engine),
    killVerb(engine),
    deleteVerb(engine),
    addImageVerb(engine),
    deleteImageVerb(engine),
    importKernelVerb(engine),
    deleteKernelVerb(engine),
    pullVerb(),
  ] as Verb<never>[]
}

/**
 * Makes the world match the store, before the daemon serves: takes over the VMs that run, undoes or finishes what was under way,
 * and lets go of what no row owns.
 */
export async function reconcile(engine: Engine): Promise<void> {
  const unknown = new Set<string>()
  await Promise.all(engine.store.vms.all().map(async (vm) => (await adopt(engine, vm)) || unknown.add(vm.id)))
  for (const entry of engine.store.journal.open()) {
    const verb = verbs(engine).find((candidate) => candidate.name === entry.verb)
    if (!verb) {
      engine.host.log.error({ entry }, 'the journal names an unknown verb')
      continue
    }
    await recover(verb as Verb<object>, entry, { journal: engine.store.journal, log: engine.host.log })
  }
  await Promise.all(engine.store.vms.all().map((vm) => unknown.has(vm.id) || settle(engine, vm)))
  await removeOrphans(engine)
  await reconcileNetworks(engine)
}

/**
 * @returns whether it is known how the VM fares. It is not when its VMM's plugin fails, or is not there: the VM may well run, so its
 * row stays as it is, and a daemon that has the plugin again takes it over.
 */
async function adopt(engine: Engine, vm: Vm): Promise<boolean> {
  if (!vm.machine) return true
  try {
    const driver = engine.vmms.require(vm.vmm)
    const machine = await driver.adopt(vm.machine, { id: vm.id, name: vm.name, dir: engine.paths.vm(vm.id).dir })
    if (!machine) return true
    const live: LiveVm = { machine, agent: new AgentClient((signal) => machine.connect(signal), vm.name) }
    engine.live.set(vm.id, live)
    watchExit(engine, vm.id, live)
    engine.host.log.info({ vm: vm.name, pid: machine.state.pid }, 'took over a running VM')
    return true
  } catch (error) {
    engine.host.log.error({ vm: vm.name, err: error }, 'a running VM could not be taken over')
    return false
  }
}

async function settle(engine: Engine, vm: Vm): Promise<void> {
  if (vm.state === 'stopped' || engine.live.has(vm.id)) return
  await markStopped(engine, vm.id, { reason: 'unknown', detail: 'It ended while the daemon was away.' })
}

/** Folders that no row owns: a crash between two of their steps left them, or their undo failed. */
async function removeOrphans(engine: Engine): Promise<void> {
  const { store, paths } = engine
  for (const id of await list(paths.vms)) {
    if (store.vms.get(id)) continue
    const { dir } = paths.vm(id)
    for (const vmm of engine.vmms.values()) await vmm.sweep({ id, dir })
    await rm(dir, { recursive: true, force: true })
  }
  for (const name of await list(paths.images))
    if (!store.images.get(name)) await rm(join(paths.images, name), { recursive: true, force: true })
  for (const name of await list(paths.kernels))
    if (!store.kernels.get(name)) await rm(join(paths.kernels, name), { recursive: true, force: true })
}

async function reconcileNetworks(engine: Engine): Promise<void> {
  for (const network of engine.networks.values()) {
    const vms = engine.store.vms.all().filter((vm) => vm.network === network.name)
    const running = vms.flatMap((vm) => (vm.attachment ? [{ vmId: vm.id, attachment: vm.attachment }] : []))
    await network
      .reconcile(running, new Set(vms.map((vm) => vm.id)))
      .catch((error: unknown) =>
        engine.host.log.error({ network: network.name, err: error }, 'a network could not be reconciled'),
      )
  }
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
