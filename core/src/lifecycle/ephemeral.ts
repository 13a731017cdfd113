import type { Vm } from '../protocol/model.ts'
import { deleteVm } from './delete-vm.ts'
import type { Engine } from './engine.ts'

/** Milliseconds in which an ephemeral VM's command must begin. */
const grace = 60_000

const waiting = new Map<string, NodeJS.Timeout>()

/** Removes an ephemeral VM whose command never begins, since whoever asked for it is gone. */
export function expireEphemeral(engine: Engine, vm: Vm): void {
  if (!vm.ephemeral) return
  const timer = setTimeout(() => void endEphemeral(engine, vm), grace)
  timer.unref()
  waiting.set(vm.id, timer)
}

/**
 * Its command has begun: it is removed when that ends, however it ends.
 * @returns whether it was waiting for that
 */
export function keepEphemeral(vm: Vm): boolean {
  clearTimeout(waiting.get(vm.id))
  return waiting.delete(vm.id)
}

export async function endEphemeral(engine: Engine, vm: Vm): Promise<void> {
  keepEphemeral(vm)
  if (!engine.store.vms.get(vm.id)) return
  const live = { signal: new AbortController().signal, progress: () => undefined }
  await deleteVm(engine, vm, live, { force: true }).catch((error: unknown) => {
    engine.host.log.error({ vm: vm.name, err: error }, 'an ephemeral VM could not be removed')
  })
}
