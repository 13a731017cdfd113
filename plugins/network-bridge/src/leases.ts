import { fail } from '@banger/core'
import { formatAddress, networkOf, parseAddress, parseNetwork, usableRange } from './ipv4.ts'
import type { Settings } from './settings.ts'
import type { State } from './state.ts'

/**
 * The address of a VM: the one it has, else the next free one after that given out last, so that one that was just given
 * back rests: others still have it in their ARP tables and known_hosts.
 * @throws network.full
 */
export function leaseAddress(state: State, settings: Settings, vmId: string): string {
  const kept = state.vms[vmId]?.address
  if (kept && isInside(kept, settings)) return kept
  const { first, last } = usableRange(networkOf(settings.cidr))
  const taken = new Set([settings.address, ...Object.values(state.vms).map((vm) => vm.address)])
  const count = last - first + 1
  const start =
    state.lastAddress && isInside(state.lastAddress, settings) ? (parseAddress(state.lastAddress) ?? first) - first + 1 : 0
  for (let step = 0; step < count; step++) {
    const address = formatAddress(first + ((start + step) % count))
    if (!taken.has(address)) return address
  }
  throw fail('network.full', { count: count - 1, cidr: settings.cidr })
}

function isInside(address: string, { cidr, address: bridge }: Settings): boolean {
  const network = parseNetwork(cidr)
  const number = parseAddress(address)
  if (!network || number === undefined || address === bridge) return false
  const { first, last } = usableRange(network)
  return number >= first && number <= last
}
