import type { Vm } from '../../protocol/model.ts'
import { formatPublish } from '../input/publish.ts'

/** One line about a VM that something was done with: `testbox is running (127.0.0.1:8080->80)`. */
export function describeVm(vm: Vm): string {
  const ports = vm.state === 'running' ? formatPorts(vm) : ''
  return `${vm.name} is ${vm.state}${ports ? ` (${ports})` : ''}`
}

/** Its published ports, with the host ports in use while it runs. */
export function formatPorts(vm: Vm): string {
  return (vm.attachment?.publish ?? vm.publish).map(formatPublish).join(', ')
}

/** The address by which this host reaches the VM; undefined when it reaches published ports alone. */
export function addressOf(vm: Vm): string | undefined {
  return vm.attachment?.kind === 'tap' ? vm.attachment.guest.address.split('/')[0] : undefined
}

/** Its address in the guest, with the name that leads to it. */
export function describeAddress(vm: Vm): string | undefined {
  const domain = vm.attachment?.guest.search?.[0]
  return domain ? `${addressOf(vm)} (${vm.name}.${domain})` : vm.attachment?.guest.address
}
