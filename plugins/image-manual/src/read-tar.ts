import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { fail, type FileFormat, type Host, layerOf } from '@banger/core'

type TarFormat = 'tar' | 'gzip' | 'zstd' | 'xz'

const chunkSize = 1 << 18

export function isTar(format: FileFormat): format is TarFormat {
  return format === 'tar' || format === 'gzip' || format === 'zstd' || format === 'xz'
}

/**
 * A tar file as a stream, inflated. Its stream fails with image.invalid when the compressed data is damaged.
 * xz is the host's program's work: tool.missing without it.
 */
export function readTar(host: Host, path: string, format: TarFormat, signal: AbortSignal): Readable {
  if (format === 'tar') return createReadStream(path, { highWaterMark: chunkSize })
  if (format === 'xz') return layerOf(host.stream('xz', ['--decompress', '--stdout', '--', path], { signal }))
  return Readable.from(inflate(path, format, signal), { objectMode: false })
}

async function* inflate(path: string, format: 'gzip' | 'zstd', signal: AbortSignal): AsyncIterable<Buffer> {
  const inflated = format === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize })
  const done = pipeline(createReadStream(path, { highWaterMark: chunkSize }), inflated)
  try {
    for await (const chunk of inflated) yield chunk as Buffer
    await done
  } catch (error) {
    await done.catch(() => undefined)
    signal.throwIfAborted()
    const reason = `its ${format} data is damaged or cut off`
    throw fail('image.invalid', { path, reason, advice: 'Copy or make it anew.' }, error)
  } finally {
    inflated.destroy()
    done.catch(() => undefined)
  }
}
