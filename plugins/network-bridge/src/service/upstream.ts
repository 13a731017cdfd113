import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns'
import { isIPv6, connect } from 'node:net'
import { readFrame, writeFrame } from './dns-frame.ts'

/** Milliseconds for a server to answer before the next is asked. */
const patience = 3000

export interface Server {
  address: string
  port: number
}

/** The servers that this host asks now, or the one that was configured; without `self`, which would ask itself. */
export function upstreamServers(configured: string | undefined, self: string): Server[] {
  if (configured) return [{ address: configured, port: 53 }]
  return new Resolver()
    .getServers()
    .map(parseServer)
    .filter((server) => server.address !== self)
}

/** As node:dns writes them: `1.1.1.1`, `127.0.0.1:5353`, `::1`, `[::1]:5353`. */
export function parseServer(text: string): Server {
  const match = /^\[(.+)\]:(\d+)$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text)
  return { address: match?.[1] ?? text, port: Number(match?.[2] ?? 53) }
}

/**
 * Asks one server after the other until one answers.
 * @param query a DNS message, passed on as it is
 */
export async function askUpstream(query: Buffer, servers: Server[], over: 'udp' | 'tcp'): Promise<Buffer | undefined> {
  for (const server of servers) {
    const answer = await (over === 'udp' ? askByUdp(query, server) : askByTcp(query, server))
    if (answer) return answer
  }
  return undefined
}

function askByUdp(query: Buffer, { address, port }: Server): Promise<Buffer | undefined> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  return new Promise<Buffer | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), patience)
    socket.on('error', () => resolve(undefined))
    // Only what comes from that server arrives; an answer to another question is none.
    socket.on('message', (message) => {
      if (message.length < 12 || message.readUInt16BE(0) !== query.readUInt16BE(0)) return
      clearTimeout(timer)
      resolve(message)
    })
    socket.connect(port, address, () => socket.send(query))
  }).finally(() => socket.close())
}

async function askByTcp(query: Buffer, { address, port }: Server): Promise<Buffer | undefined> {
  const socket = connect({ host: address, port, timeout: patience })
  socket.on('timeout', () => socket.destroy())
  socket.on('error', () => {})
  writeFrame(socket, query)
  try {
    return await readFrame(socket)
  } finally {
    socket.destroy()
  }
}
