import type { DoctorReport, Host } from '@banger/core'
import { describeProbe, probeQemu } from './probe.ts'

/** What `banger doctor` says about QEMU and KVM. Without KVM VMs still run, so that is a warning. */
export async function checkQemu(host: Host, report: DoctorReport): Promise<void> {
  const probe = await probeQemu(host)
  if (!probe.qemu) {
    report.add({ id: 'qemu', status: 'error', message: probe.reason, advice: probe.advice })
    return
  }
  const { kvm, path, version } = probe.qemu
  report.add({ id: 'qemu', status: 'ok', message: `QEMU ${version} at ${path}` })
  if (kvm.usable) {
    report.add({ id: 'kvm', status: 'ok', message: 'KVM runs guests' })
    return
  }
  const advice = describeProbe(probe).advice
  report.add({
    id: 'kvm',
    status: 'warning',
    message: `VMs run by software emulation: ${kvm.reason}`,
    ...(advice ? { advice } : {}),
  })
}
