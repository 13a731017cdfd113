import type { DoctorReport } from '@banger/core'
import { describeProbe, type FirecrackerProbe } from './probe.ts'

/**
 * What `banger doctor` says about Firecracker. VMs run without it, so only one that is there and does not work is worth a warning.
 * @param asked whether the user named a program or the jailer in the configuration
 */
export function checkFirecracker(probe: FirecrackerProbe, asked: boolean, report: DoctorReport): void {
  const { detail, advice } = describeProbe(probe)
  if (probe.firecracker) {
    report.add({ id: 'firecracker', status: 'ok', message: `${detail}, at ${probe.firecracker.path}` })
    return
  }
  const absent = probe.missing !== undefined && !asked
  const message = absent ? `${detail}; VMs run in another VMM` : detail
  report.add({ id: 'firecracker', status: absent ? 'ok' : 'warning', message, ...(advice ? { advice } : {}) })
}
