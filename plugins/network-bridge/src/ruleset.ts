import type { Names } from './names.ts'
import type { Settings } from './settings.ts'

/** Where the bridge's DNS server really listens: port 53 needs a privilege that it does without. */
export const dnsPort = 15_353

/**
 * All of our nftables rules, as one line that puts them in place of those that were there. They depend on the settings alone:
 * nothing has to be changed when a VM comes or goes, and the very line can be allowed by sudo.
 */
export function ruleset({ bridge, address, cidr, isolate }: Settings, { table }: Names): string {
  const chains = {
    // DNS at the bridge's address, for VMs and for this host.
    prerouting: [
      'type nat hook prerouting priority dstnat; policy accept',
      `iifname "${bridge}" ip daddr ${address} meta l4proto { tcp, udp } th dport 53 redirect to :${dnsPort}`,
    ],
    output: [
      'type nat hook output priority -100; policy accept',
      `ip daddr ${address} meta l4proto { tcp, udp } th dport 53 dnat ip to ${address}:${dnsPort}`,
    ],
    postrouting: [
      'type nat hook postrouting priority srcnat; policy accept',
      `ip saddr ${cidr} oifname != "${bridge}" masquerade`,
    ],
    // The bridge's address is for VMs and this host.
    input: ['type filter hook input priority filter; policy accept', `iifname != { "lo", "${bridge}" } ip daddr ${address} drop`],
    forward: [
      'type filter hook forward priority filter; policy accept',
      // VMs have IPv4 alone, and only the addresses that they were given.
      `iifname "${bridge}" meta nfproto ipv6 drop`,
      `iifname "${bridge}" ip saddr != ${cidr} drop`,
      ...(isolate ? [`iifname "${bridge}" oifname "${bridge}" drop`] : []),
      // Nobody else's machine reaches a VM through this one.
      `iifname != "${bridge}" oifname "${bridge}" ct state != { established, related } drop`,
      // A path with a smaller MTU than ours, as of a VPN.
      `iifname "${bridge}" tcp flags syn / syn,rst tcp option maxseg size set rt mtu`,
    ],
  }
  const body = Object.entries(chains).map(([name, rules]) => `chain ${name} { ${rules.map((rule) => `${rule};`).join(' ')} };`)
  return `${withoutRules({ table })}; table inet ${table} { ${body.join(' ')} }`
}

/** One line that removes them, also where there are none. */
export function withoutRules({ table }: Pick<Names, 'table'>): string {
  return `add table inet ${table}; delete table inet ${table}`
}
