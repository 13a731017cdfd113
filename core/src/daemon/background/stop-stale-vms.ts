import { formatDuration } from '../../config/duration.ts'
import type { Engine } from '../../lifecycle/engine.ts'
import { stopStaleVm } from '../../lifecycle/stop-vm.ts'

/**
 * Stops the VMs that nobody has used for `auto_stop_stale_after`.
 * @param answered ids of the VMs that have just told whether they are used; others are left alone
 */
export function stopStaleVms(engine: Engine, answered: ReadonlySet<string>): void {
  const patience = engine.config.auto_stop_stale_after
  if (patience === 0) return
  for (const id of answered) {
    const vm = engine.store.vms.get(id)
    const idleSince = engine.activity.idleSince(id)
    const busy = engine.locks.verb(id) !== undefined
    if (vm?.state !== 'running' || busy || idleSince === undefined || Date.now() - idleSince < patience) continue
    const because = `Nobody used it for ${formatDuration(patience)} (auto_stop_stale_after).`
    const live = { signal: new AbortController().signal, progress: () => undefined }
    stopStaleVm(engine, vm, live, because).catch((error: unknown) =>
      engine.host.log.error({ vm: vm.name, err: error }, 'a VM that nobody uses could not be stopped'),
    )
  }
}
