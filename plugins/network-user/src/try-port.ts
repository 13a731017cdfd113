import { createServer } from 'node:net'
import { type PublishedPort, refusedPort } from '@banger/core'

/**
 * Opens a host port for a moment to see that it is free.
 * @param port `hostPort` 0 lets the kernel choose
 * @returns the port
 * @throws port.in-use, usage
 */
export async function tryPort(port: PublishedPort): Promise<number> {
  const server = createServer()
  try {
    return await new Promise<number>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: port.hostAddress, port: port.hostPort, exclusive: true }, () => {
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : port.hostPort)
      })
    })
  } catch (error) {
    throw refusedPort(port, error as NodeJS.ErrnoException)
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
}
