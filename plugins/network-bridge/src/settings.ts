import type { SettingsDeclaration } from '@banger/core'
import { z } from 'zod'
import { contains, formatAddress, networkOf, parseAddress, parseNetwork, usableRange } from './ipv4.ts'

/** How the bridge is to be; docs/networking.md explains each. */
export interface Settings {
  /** The bridge's interface: `banger0` */
  bridge: string
  /** Its address: `172.16.0.1` */
  address: string
  /** Where the VMs' addresses come from: `172.16.0.0/24` */
  cidr: string
  /** Taps kept ready. */
  poolSize: number
  /** Where names are looked up; what the host uses when unset. */
  dns?: string
  /** Keeps VMs from reaching each other. */
  isolate: boolean
}

/** Ranges that are nobody's on the internet: RFC 1918, RFC 6598, RFC 2544. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15'].map(networkOf)

const schema = z
  .strictObject({
    bridge_name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/, 'must begin with a letter and have 1 to 15 letters, digits, "_", "." and "-"')
      .refine((name) => !['lo', 'all', 'default'].includes(name), 'is a name that Linux uses itself')
      .default('banger0'),
    cidr: z.string().default('172.16.0.0/24').superRefine(checkNetwork),
    bridge_ip: z.string().refine(isAddress, 'must be an IPv4 address, as 172.16.0.1').optional(),
    tap_pool_size: z.int('must be a whole number').min(0, 'must be 0 or more').max(64, 'must be 64 or less').default(4),
    default_dns: z.string().refine(isAddress, 'must be an IPv4 address, as 9.9.9.9').optional(),
    isolate: z.boolean('must be true or false').default(false),
  })
  .superRefine(({ cidr, bridge_ip }, context) => {
    const network = parseNetwork(cidr)
    if (!network || bridge_ip === undefined) return
    const { first, last } = usableRange(network)
    const address = parseAddress(bridge_ip) ?? 0
    if (address >= first && address <= last) return
    const message = `must be from ${formatAddress(first)} to ${formatAddress(last)}, a machine's address in cidr (${cidr})`
    context.addIssue({ code: 'custom', path: ['bridge_ip'], message })
  })
  .transform(
    ({ bridge_name, bridge_ip, cidr, tap_pool_size, default_dns, isolate }): Settings => ({
      bridge: bridge_name,
      address: bridge_ip ?? formatAddress(usableRange(networkOf(cidr)).first),
      cidr,
      poolSize: tap_pool_size,
      ...(default_dns ? { dns: default_dns } : {}),
      isolate,
    }),
  )

/** The keys at the top of the configuration that are the bridge's, and `[plugins.network-bridge]`. */
export const settings: SettingsDeclaration<Settings> = {
  schema,
  summaries: {
    bridge_name: 'The interface of the bridge.',
    cidr: "Where its VMs' addresses come from: a private IPv4 network from /16 to /30.",
    bridge_ip: "Its own address, the VMs' gateway and name server; the first one of cidr unless told.",
    tap_pool_size: 'Taps kept ready, 0 to 64.',
    default_dns: 'IPv4 address of the server that other names are looked up at; what this host uses unless told.',
    isolate: 'Whether VMs are kept from reaching each other.',
  },
}

function checkNetwork(cidr: string, context: z.RefinementCtx): void {
  const network = parseNetwork(cidr)
  if (!network) context.addIssue('must be an IPv4 network, as 172.16.0.0/24, without bits set beyond its prefix')
  else if (network.prefix < 16 || network.prefix > 30) context.addIssue('must have a prefix from /16 to /30')
  else if (!privateRanges.some((range) => contains(range, network)))
    context.addIssue('must lie in a private range: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or 198.18.0.0/15')
}

function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined
}
