import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Opens a port on loopback that nobody has. */
export async function listenOnLoopback(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
