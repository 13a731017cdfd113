import type { PublishedPort } from '@banger/core'
import type { ServedVm } from './service/protocol.ts'
import type { Settings } from './settings.ts'

/** What the driver must know after a restart. */
export interface State {
  made?: Settings
  forwarding: boolean
  lastAddress?: string
  vms: Record<string, VmEntry>
}

export interface VmEntry {
  name: string
  /** `172.16.0.2`: the VM's as long as it exists. */
  address: string
  /** While it is plugged in. */
  tap?: string
  publish: PublishedPort[]
}

/** Taps that VMs have. */
export function usedTaps(state: State): Set<string> {
  return new Set(Object.values(state.vms).flatMap((vm) => (vm.tap ? [vm.tap] : [])))
}

export function hasPlugged(state: State): boolean {
  return usedTaps(state).size > 0
}

/** The VMs that are plugged in, as the service serves them. */
export function servedVms(state: State): ServedVm[] {
  return Object.entries(state.vms).flatMap(([id, { tap, name, address, publish }]) =>
    tap ? [{ id, name, address, publish }] : [],
  )
}

/** The state with the VM as it is now. */
export function withVm(state: State, vmId: string, vm: VmEntry): State {
  return { ...state, lastAddress: vm.address, vms: { ...state.vms, [vmId]: vm } }
}
