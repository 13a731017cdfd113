import { fail } from '../errors.ts'
import type { PublishedPort } from '../hooks/network.ts'

/**
 * Why a host port could not be opened, in words.
 * @param error the system's: EADDRINUSE, EACCES, …
 */
export function refusedPort(
  { hostAddress, hostPort, guestPort }: PublishedPort,
  error: { code?: string; message: string },
): Error {
  if (error.code === 'EADDRINUSE') return fail('port.in-use', { address: hostAddress, port: hostPort, guest: guestPort }, error)
  if (error.code === 'EACCES') {
    return fail('usage', { reason: `You may not open the host port ${hostPort}; ports from 1024 on need no privilege.` }, error)
  }
  return fail('usage', { reason: `The host port ${hostAddress}:${hostPort} cannot be opened: ${error.message}` }, error)
}
