/** IPv4 addresses as numbers from 0 to 2^32 - 1. */

/** A network in CIDR notation: its first address and the bits that are fixed. */
export interface Network {
  base: number
  prefix: number
}

/** Dotted decimal without leading zeros, or undefined. */
export function parseAddress(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

/** `172.16.0.0/24`; undefined when it is none, or has bits set beyond its prefix. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d?)$/.exec(text)
  const base = parseAddress(match?.[1] ?? '')
  const prefix = Number(match?.[2])
  if (base === undefined || prefix > 32 || base % sizeOf(prefix) !== 0) return undefined
  return { base, prefix }
}

/** A network that is known to be well written. */
export function networkOf(text: string): Network {
  const network = parseNetwork(text)
  if (!network) throw new Error(`${text} is no network`)
  return network
}

/** The first and the last address that a machine may have: not the network's own, not the one for broadcasts. */
export function usableRange({ base, prefix }: Network): { first: number; last: number } {
  return { first: base + 1, last: base + sizeOf(prefix) - 2 }
}

export function overlap(one: Network, other: Network): boolean {
  return one.base < other.base + sizeOf(other.prefix) && other.base < one.base + sizeOf(one.prefix)
}

export function contains(outer: Network, inner: Network): boolean {
  return outer.prefix <= inner.prefix && overlap(outer, inner)
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix)
}
