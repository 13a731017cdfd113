import type { Socket } from 'node:net'

/** DNS over TCP: each message after its length in two bytes (RFC 1035, 4.2.2). */
export function writeFrame(socket: Socket, message: Buffer): void {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  socket.write(Buffer.concat([length, message]))
}

/** The next message, or undefined when the connection ends before it is whole. */
export async function readFrame(socket: Socket): Promise<Buffer | undefined> {
  const length = await readBytes(socket, 2)
  const count = length?.readUInt16BE(0) ?? 0
  return count > 0 ? readBytes(socket, count) : undefined
}

async function readBytes(socket: Socket, count: number): Promise<Buffer | undefined> {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null
    if (bytes) return bytes.length === count ? bytes : undefined
    if (socket.readableEnded || socket.destroyed) return undefined
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ['readable', 'end', 'close'] as const) socket.off(event, done)
        resolve()
      }
      for (const event of ['readable', 'end', 'close'] as const) socket.on(event, done)
    })
  }
}
