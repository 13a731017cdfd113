import { isIP } from 'node:net'
import { fail } from '../../errors.ts'
import type { PublishedPort } from '../../hooks/network.ts'

/**
 * A published port: `8080:80`, `127.0.0.1:8080:80`, `[::1]:8080:80`, or `80` for a free port of the host
 * (`127.0.0.1::80` too). The host address is 127.0.0.1 unless told.
 * @throws usage
 */
export function parsePublish(text: string): PublishedPort {
  const match = /^(?:(?:(\[[^\]]*\]|[^:[\]]*):)?(\d*):)?(\d+)$/.exec(text)
  const hostAddress = match?.[1]?.replace(/^\[|\]$/g, '') ?? '127.0.0.1'
  const hostPort = Number(match?.[2] || 0)
  const guestPort = Number(match?.[3])
  if (!match || isIP(hostAddress) === 0 || hostPort > 65_535 || !(guestPort >= 1 && guestPort <= 65_535)) {
    throw fail('usage', {
      reason: `"${text}" is no port to publish. Write it like 8080:80, 127.0.0.1:8080:80, or 80 for a free port.`,
    })
  }
  return { hostAddress, hostPort, guestPort }
}

/** `127.0.0.1:8080->80`, as lists show it; `[::1]:8080->80`. */
export function formatPublish({ hostAddress, hostPort, guestPort }: PublishedPort): string {
  const address = hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress
  return `${address}:${hostPort === 0 ? '*' : hostPort}->${guestPort}`
}
