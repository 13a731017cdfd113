import type { Duplex } from 'node:stream'

/** Bytes before the marker at most. */
const limit = 1024 * 1024

/**
 * Reads a stream up to the line that begins with a marker. What follows that line is left in the stream.
 * @param onNoise gets what comes before
 * @returns the rest of the line, or undefined when the stream ends without one
 */
export async function awaitMarker(stream: Duplex, marker: string, onNoise: (bytes: Buffer) => void): Promise<string | undefined> {
  let seen: Buffer = Buffer.alloc(0)
  for (let chunk = await readChunk(stream); chunk && seen.length < limit; chunk = await readChunk(stream)) {
    seen = Buffer.concat([seen, chunk])
    const begin = seen.indexOf(`${marker} `)
    const end = begin < 0 ? -1 : seen.indexOf('\n', begin)
    if (end < 0) continue
    if (begin > 0) onNoise(seen.subarray(0, begin))
    if (end + 1 < seen.length) stream.unshift(seen.subarray(end + 1))
    return seen.toString('utf8', begin + marker.length + 1, end)
  }
  if (seen.length > 0) onNoise(seen)
  return undefined
}

/** What has come, or undefined at the end. Leaves the stream paused. */
function readChunk(stream: Duplex): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (chunk: Buffer | undefined): void => {
      stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onEnd)
      resolve(chunk)
    }
    const onReadable = (): void => {
      const chunk = stream.read() as Buffer | null
      if (chunk) settle(chunk)
    }
    const onEnd = (): void => settle(undefined)
    if (stream.readableEnded || stream.destroyed) return resolve(undefined)
    stream.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onEnd)
  })
}
