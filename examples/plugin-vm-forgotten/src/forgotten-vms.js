/** Milliseconds. */
const day = 24 * 60 * 60 * 1000

/**
 * VMs that are stopped, and that nobody has started for some days; the longest forgotten first.
 * @template {{ state: string, createdAt: number, startedAt?: number }} Vm times in milliseconds since 1970
 * @param {Vm[]} vms
 * @param {{ days: number, now: number }} options
 * @returns {Vm[]}
 */
export function forgottenVms(vms, { days, now }) {
  /** @param {Vm} vm */
  const lastUse = (vm) => vm.startedAt ?? vm.createdAt
  const forgotten = vms.filter((vm) => vm.state === 'stopped' && lastUse(vm) <= now - days * day)
  return forgotten.sort((a, b) => lastUse(a) - lastUse(b))
}
