import { connect, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { openPreamble } from '../../../core/src/guest/preamble.ts'

/** Bytes of `CONNECT <port>\n`. */
const shortestLine = 10
const longestLine = 32

/** Milliseconds of silence after which the guest is asked anew. */
const silence = 1000

/**
 * Serves Firecracker's hybrid vsock socket for one port of the guest, which is a virtio-serial port in truth. That carries one stream
 * at a time, so a new connection ends the one before. As with Firecracker, nothing is answered while the guest does not listen, and a
 * line that does not come whole, or names a port where nobody listens, is a closed connection.
 * @param agentSocket abstract name of the socket that leads to the port
 */
export function serveVsock(server: Server, port: number, agentSocket: string): void {
  let hostPort = 2 ** 30
  let current: AbortController | undefined

  server.on('connection', (client) => {
    client.on('error', () => {})
    client.once('data', (chunk: Buffer) => {
      client.pause()
      const line = connectLine(chunk)
      if (line?.port !== port) return void client.destroy()
      current?.abort()
      const own = new AbortController()
      current = own
      client.once('close', () => own.abort())
      own.signal.addEventListener('abort', () => client.destroy())
      if (line.rest.length > 0) client.unshift(line.rest)
      void openAgent(agentSocket, own.signal).then(
        (agent) => join(client, agent, `OK ${hostPort++}\n`, own),
        () => client.destroy(),
      )
    })
  })
}

function connectLine(chunk: Buffer): { port: number; rest: Buffer } | undefined {
  const end = chunk.indexOf('\n') + 1
  if (end < shortestLine || end > longestLine) return undefined
  const [word, port] = chunk.subarray(0, end).toString('latin1').trim().split(/\s+/)
  if (word?.toLowerCase() !== 'connect' || !/^\d+$/.test(port ?? '')) return undefined
  return { port: Number(port), rest: chunk.subarray(end) }
}

/** Tries until the guest answers. */
async function openAgent(name: string, signal: AbortSignal): Promise<Duplex> {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await openPreamble(await dial(name), { signal, timeout: silence })
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

function dial(name: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(`\0${name}`)
    socket.once('connect', () => resolve(socket)).once('error', reject)
  })
}

function join(client: Socket, agent: Duplex, answer: string, own: AbortController): void {
  agent.on('error', () => own.abort()).once('close', () => own.abort())
  own.signal.addEventListener('abort', () => agent.destroy())
  if (own.signal.aborted) return void agent.destroy()
  client.write(answer)
  agent.pipe(client)
  client.pipe(agent)
}
