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
