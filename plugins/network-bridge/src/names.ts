import { createHash } from 'node:crypto'

/** Below it every VM has its name: `testbox.banger`. */
export const domain = 'banger'

/** Everything on the host that carries the name of one banger, so that several on one host do not take each other's for theirs. */
export interface Names {
  /** The bridge's MAC address. It is ours when it has this. */
  bridgeMac: string
  /** Taps are named this and four hexadecimal digits. */
  tapPrefix: string
  /** The nftables table, of the family inet. */
  table: string
}

/** @param state absolute path of banger's state folder, of which each banger has its own */
export function namesFor(state: string, bridge: string): Names {
  return {
    bridgeMac: macOf(`bridge ${state}`),
    tapPrefix: `bgr${createHash('sha256').update(state).digest('hex').slice(0, 4)}-`,
    table: `banger_${bridge}`,
  }
}

/** A stable MAC address, administered locally and for one machine (IEEE 802: the second-lowest bit is set, the lowest is not). */
export function macOf(id: string): string {
  const bytes = [...createHash('sha256').update(id).digest().subarray(0, 5)]
  return ['02', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}

export function tapName(names: Names, index: number): string {
  return `${names.tapPrefix}${index.toString(16).padStart(4, '0')}`
}

/** @returns undefined when it is no tap of ours */
export function tapIndex(names: Names, device: string): number | undefined {
  const digits = device.startsWith(names.tapPrefix) ? device.slice(names.tapPrefix.length) : ''
  return /^[0-9a-f]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined
}
