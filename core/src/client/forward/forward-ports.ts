import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type BangerError, fail, isError, toBangerError } from '../../errors.ts'
import type { PublishedPort } from '../../hooks/network.ts'

export interface Forwarding {
  /** As asked, with the ports in use where a free one was wanted. */
  ports: PublishedPort[]
  /** Rejects when there is nothing to forward to any more. */
  failed: Promise<never>
  close(): void
}

/**
 * Listens on ports of this host, and joins each connection to one that the guest's agent makes to a port of its own loopback:
 * no network of the VM's is needed. All ports are listened on, or none.
 * @param dial opens a connection in the guest
 * @param report gets why connections fail, once for each reason in a row
 * @throws forward.unavailable
 */
export async function forwardPorts(
  vm: string,
  ports: PublishedPort[],
  options: { dial: (guestPort: number) => Promise<Duplex>; report: (port: PublishedPort, error: BangerError) => void },
): Promise<Forwarding> {
  const open = new Set<Server | Socket>()
  const close = (): void => {
    for (const item of open) 'destroy' in item ? item.destroy() : item.close()
  }
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => undefined)
  try {
    const listening: PublishedPort[] = []
    for (const port of ports) {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
      open.add(server)
      const forwarded = { ...port, hostPort: await listen(server, vm, port) }
      const report = onceInARow((error) => options.report(forwarded, error))
      server.on('connection', (socket) => {
        open.add(socket)
        socket.on('error', () => undefined).once('close', () => open.delete(socket))
        options.dial(port.guestPort).then(
          (connection) => {
            report(undefined)
            join(socket, connection)
          },
          (error: unknown) => {
            // Not a clean end: whoever connected must not take it for an empty answer.
            socket.resetAndDestroy()
            report(toBangerError(error))
            if (isError(error, 'vm.not-found')) reject(error)
          },
        )
      })
      listening.push(forwarded)
    }
    return { ports: listening, failed, close }
  } catch (error) {
    close()
    throw error
  }
}

/** @returns the port that it listens on */
async function listen(server: Server, vm: string, { hostAddress, hostPort, guestPort }: PublishedPort): Promise<number> {
  try {
    server.listen(hostPort, hostAddress)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (error) {
    const words: Record<string, string> = {
      EADDRINUSE: 'it is in use already.',
      EACCES: 'you may not listen on it.',
      EADDRNOTAVAIL: 'this host does not have the address.',
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reason = words[code] ?? String(error)
    throw fail('forward.unavailable', { address: hostAddress, port: hostPort, reason, vm, guest: guestPort }, error)
  }
}

/** Each direction ends by itself; when one breaks, so does the other. */
function join(socket: Socket, connection: Duplex): void {
  if (socket.destroyed) return void connection.destroy()
  connection.on('error', () => socket.destroy())
  connection.once('close', () => {
    if (!connection.readableEnded) socket.destroy()
  })
  socket.once('close', () => connection.destroy())
  socket.pipe(connection)
  connection.pipe(socket)
}

/** Passes an error on unless the one before said the same. */
function onceInARow(report: (error: BangerError) => void): (error: BangerError | undefined) => void {
  let last: string | undefined
  return (error) => {
    if (error && error.message !== last) report(error)
    last = error?.message
  }
}
