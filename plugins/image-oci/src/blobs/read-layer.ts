import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { fail } from '@banger/core'
import type { BlobFile } from './blobs.ts'
import { splitFrames } from './split-frames.ts'

const chunkSize = 1 << 18

export interface Layer {
  blob: BlobFile
  digest: string
  /** Digest of the layer unpacked. */
  diffId: string
  /** For messages. */
  image: string
  /** Counts what comes out, and throws when it is too much. */
  count(bytes: number): void
}

/**
 * A layer as a plain tar: gzip, zstd, or as it is, which its first bytes tell. Its stream fails with blob.corrupt when the bytes
 * are not those of the digest, or unpack to other bytes than the config says.
 */
export function readLayer(layer: Layer): Readable {
  return Readable.from(verified(layer), { objectMode: false, highWaterMark: 2 * chunkSize })
}

async function* verified(layer: Layer): AsyncGenerator<Buffer> {
  const { blob, digest, diffId, image } = layer
  const packed = blob.verified ? undefined : createHash('sha256')
  const unpacked = createHash('sha256')
  for await (const chunk of inflated(layer, packed)) {
    layer.count(chunk.length)
    unpacked.update(chunk)
    yield chunk
  }
  if (packed && `sha256:${packed.digest('hex')}` !== digest)
    throw fail('blob.corrupt', { image, digest, reason: 'has other bytes: their digest differs' })
  if (`sha256:${unpacked.digest('hex')}` !== diffId)
    throw fail('blob.corrupt', { image, digest, reason: `unpacks to other bytes than the image says (${diffId})` })
}

async function* inflated({ blob, digest, image }: Layer, packed: Hash | undefined): AsyncGenerator<Buffer> {
  const { path, start, size } = blob
  if (size === 0) return
  const { inflate, split } = await inflater(blob)
  const source = createReadStream(path, { start, end: start + size - 1, highWaterMark: chunkSize })
  const done = pipeline(source, hashedBy(packed), split, inflate)
  try {
    yield* inflate as AsyncIterable<Buffer>
    await done
  } catch (error) {
    await done.catch(() => undefined)
    if ((error as NodeJS.ErrnoException).syscall) throw error
    throw fail('blob.corrupt', { image, digest, reason: 'cannot be inflated: it is damaged or cut off' }, error)
  } finally {
    inflate.destroy()
    done.catch(() => undefined)
  }
}

function hashedBy(hash: Hash | undefined) {
  return async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash?.update(chunk)
      yield chunk
    }
  }
}

async function inflater({ path, start }: BlobFile) {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, start)
    const magic = buffer.readUInt32LE(0)
    if (magic === 0xfd2fb528 || (magic >= 0x184d2a50 && magic <= 0x184d2a5f))
      return { inflate: createZstdDecompress({ chunkSize }), split: splitFrames }
    const isGzip = buffer.readUInt16BE(0) === 0x1f8b
    return { inflate: isGzip ? createGunzip({ chunkSize }) : new PassThrough(), split: asIs }
  } finally {
    await file.close()
  }
}

async function* asIs(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* source
}
