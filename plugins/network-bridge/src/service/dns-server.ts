import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { decode, encode, type Packet } from 'dns-packet'
import { answerQuery, type Zone } from './dns-answer.ts'
import { readFrame, writeFrame } from './dns-frame.ts'
import { askUpstream, upstreamServers } from './upstream.ts'

/** Queries that may wait for other servers at once; more are dropped, and asked again by whoever asked. */
const limit = 512

/** Milliseconds without a query after which a connection is closed. */
const idle = 10_000

/** Response codes of RFC 1035, 4.1.1. */
const serverFailure = 2

/**
 * A DNS server, over UDP and TCP: knows the zone's names and asks others about the rest.
 * @param upstream the server that is asked; those of this host when undefined
 * @throws when the port cannot be opened
 */
export async function serveDns(place: { address: string; port: number }, zone: () => Zone, upstream?: string): Promise<void> {
  let waiting = 0

  async function answer(message: Buffer, over: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    const query = decodeQuery(message)
    if (!query) return undefined
    const own = answerQuery(query, zone())
    if (own) return encode(own)
    if (waiting >= limit) return undefined
    waiting++
    const other = await askUpstream(message, upstreamServers(upstream, place.address), over).finally(() => waiting--)
    return other ?? encode({ ...query, type: 'response', flags: serverFailure, additionals: [] })
  }

  const udp = createSocket('udp4')
  udp.on('message', (message, from) => {
    void answer(message, 'udp').then((reply) => reply && udp.send(reply, from.port, from.address, ignore), ignore)
  })
  udp.bind(place.port, place.address)
  await once(udp, 'listening')
  const tcp = createServer((socket) => void converse(socket, (message) => answer(message, 'tcp')).catch(ignore))
  tcp.listen(place.port, place.address)
  await once(tcp, 'listening')
}

async function converse(socket: Socket, answer: (message: Buffer) => Promise<Buffer | undefined>): Promise<void> {
  socket.setTimeout(idle, () => socket.destroy())
  socket.on('error', () => {})
  for (let message = await readFrame(socket); message; message = await readFrame(socket)) {
    const reply = await answer(message)
    if (!reply) break
    writeFrame(socket, reply)
  }
  socket.end()
}

/** Whoever asked is gone, or nothing sensible can be said. */
function ignore(): void {}

/** A query with a question, or undefined: what is none gets no answer. */
function decodeQuery(message: Buffer): Packet | undefined {
  try {
    const packet = decode(message)
    const opcode = ((packet.flags ?? 0) >> 11) & 15
    return packet.type === 'query' && opcode === 0 && packet.questions?.length === 1 ? packet : undefined
  } catch {
    return undefined
  }
}
