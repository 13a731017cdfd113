import { describe, expect, test } from 'vitest'
import { commandsFor } from '../src/commands.ts'
import { namesFor } from '../src/names.ts'
import { readSettings } from '@banger/core'
import { settings as declaration } from '../src/settings.ts'

const dirs = { config: '', state: '', cache: '', data: '', runtime: '' }

/** Every privileged command, as a shell line; the rules one a line. */
function lines(config: Record<string, unknown> = {}): string {
  const settings = readSettings({ dirs, config: () => config }, 'network-bridge', declaration)
  const names = namesFor('/home/you/.local/state/banger', settings.bridge)
  return Object.values(commandsFor(settings, names, 1000))
    .map((command) => (typeof command === 'function' ? command(names.tapPrefix + '0000') : command))
    .map(({ program, args, input }) => `${program} ${args.join(' ')}${input ? ` <<< ${input}` : ''}`)
    .join('\n')
    .replaceAll(/; (?=.)/g, ';\n    ')
}

describe('the privileged commands', () => {
  test('are these', () => {
    expect(lines()).toMatchInlineSnapshot(`
      "ip link add name banger0 address 02:d9:db:df:e0:a2 type bridge
      ip link set dev banger0 addrgenmode none
      ip address replace 172.16.0.1/24 dev banger0
      ip link set dev banger0 up
      ip link delete dev banger0 type bridge
      nft add table inet banger_banger0;
          delete table inet banger_banger0;
          table inet banger_banger0 { chain prerouting { type nat hook prerouting priority dstnat;
          policy accept;
          iifname "banger0" ip daddr 172.16.0.1 meta l4proto { tcp, udp } th dport 53 redirect to :15353;
          };
          chain output { type nat hook output priority -100;
          policy accept;
          ip daddr 172.16.0.1 meta l4proto { tcp, udp } th dport 53 dnat ip to 172.16.0.1:15353;
          };
          chain postrouting { type nat hook postrouting priority srcnat;
          policy accept;
          ip saddr 172.16.0.0/24 oifname != "banger0" masquerade;
          };
          chain input { type filter hook input priority filter;
          policy accept;
          iifname != { "lo", "banger0" } ip daddr 172.16.0.1 drop;
          };
          chain forward { type filter hook forward priority filter;
          policy accept;
          iifname "banger0" meta nfproto ipv6 drop;
          iifname "banger0" ip saddr != 172.16.0.0/24 drop;
          iifname != "banger0" oifname "banger0" ct state != { established, related } drop;
          iifname "banger0" tcp flags syn / syn,rst tcp option maxseg size set rt mtu;
          };
          }
      nft add table inet banger_banger0;
          delete table inet banger_banger0
      nft --json list ruleset
      tee /proc/sys/net/ipv4/ip_forward <<< 1
      resolvectl dns banger0 172.16.0.1
      resolvectl domain banger0 ~banger
      ip tuntap add dev bgrb1c9-0000 mode tap user 1000
      ip link set dev bgrb1c9-0000 master banger0 addrgenmode none
      ip link set dev bgrb1c9-0000 up type bridge_slave isolated off
      ip link delete dev bgrb1c9-0000"
    `)
  })

  test('name what was configured', () => {
    const text = lines({ bridge_name: 'br-fc', cidr: '10.9.0.0/16', bridge_ip: '10.9.9.9', isolate: true })
    expect(text).not.toMatch(/banger0|172\.16|isolated off/)
    expect(text).toContain('iifname "br-fc" oifname "br-fc" drop;')
    expect(text).toContain('address replace 10.9.9.9/16 dev br-fc')
  })
})
