import type { VmEntry, VmUsage } from '../../protocol/model.ts'
import { formatBytes, formatDuration } from './units.ts'

/** `0.5 CPUs, 120 MiB of 1 GiB memory, 300 MiB of 10 GiB disk`: what a guest used when it was last asked. */
export function formatGuestUsage(usage: VmUsage | undefined): string | undefined {
  if (!usage?.guest) return undefined
  const { cpus, memory, disk } = usage.guest
  const share = ({ used, total }: { used: number; total: number }): string => `${kib(used)} of ${kib(total)}`
  return [...formatCpus(cpus), `${share(memory)} memory`, `${share(disk)} disk`].join(', ')
}

/** `0.6 CPUs, 310 MiB memory, 45 MiB disk`: what a VM took of this host when it was last looked at. */
export function formatHostUsage(usage: VmUsage | undefined): string | undefined {
  if (!usage?.host) return undefined
  const { cpus, memory, disk } = usage.host
  return [...formatCpus(cpus), `${kib(memory)} memory`, `${kib(disk)} disk`].join(', ')
}

/** Since when nobody uses a running VM, and when that stops it. */
export function formatIdle({ idleSince, stopsAt }: VmEntry, now: number = Date.now()): string | undefined {
  if (idleSince === undefined) return undefined
  const idle = `for ${formatDuration(now - idleSince)}`
  return stopsAt === undefined ? idle : `${idle}; stops in ${formatDuration(stopsAt - now)} (auto_stop_stale_after)`
}

function formatCpus(cpus: number | undefined): string[] {
  return cpus === undefined ? [] : [`${cpus.toFixed(1)} CPUs`]
}

function kib(kibibytes: number): string {
  return formatBytes(kibibytes * 1024)
}
