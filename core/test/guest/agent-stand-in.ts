import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { openPreamble } from '../../src/guest/preamble.ts'

export interface StandIn {
  /** As `Machine.connect`. */
  open: (signal?: AbortSignal) => Promise<Duplex>
  /** Connections that passed their preamble. */
  readonly connections: number
  /** Cuts every connection. */
  cut(): void
  close(): Promise<void>
}

/** A server with the guest channel's preamble and HTTP/2, whose answers a test decides. */
export async function startStandIn(
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<StandIn> {
  const folder = await mkdtemp(join(tmpdir(), 'banger-stand-in-'))
  const path = join(folder, 'agent.sock')
  const http2 = createHttp2Server({ settings: { initialWindowSize: 4 * 1024 * 1024 } }, answer)
  http2.on('session', (session) => session.on('error', () => {}))
  http2.on('sessionError', () => {})
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.once('data', (line: Buffer) => {
      connections++
      socket.pause()
      socket.write(line)
      http2.emit('connection', socket)
    })
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    open: (signal) => openPreamble(connect(path), signal ? { signal } : {}),
    get connections() {
      return connections
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await rm(folder, { recursive: true })
    },
  }
}
