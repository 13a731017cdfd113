/** @import { FileFormat, Host } from '@banger/core' */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { fail, layerOf } from '@banger/core'

/** @param {FileFormat} format */
export function isTarball(format) {
  return format === 'tar' || format === 'gzip' || format === 'zstd' || format === 'xz'
}

/**
 * A tarball as an uncompressed tar. xz is the work of the host's program of that name.
 * @param {Host} host
 * @param {string} path
 * @param {{ format: FileFormat, signal: AbortSignal, url: URL }} options
 * @returns {Readable} which fails with image.invalid when the compressed data is damaged, with tool.missing without xz
 */
export function readTarball(host, path, { format, signal, url }) {
  if (format === 'xz') return layerOf(host.stream('xz', ['--decompress', '--stdout', '--', path], { signal }))
  if (format === 'tar') return createReadStream(path)
  return Readable.from(inflate(path, { format, signal, url }), { objectMode: false })
}

/**
 * @param {string} path
 * @param {{ format: FileFormat, signal: AbortSignal, url: URL }} options
 */
async function* inflate(path, { format, signal, url }) {
  const inflated = format === 'gzip' ? createGunzip() : createZstdDecompress()
  const done = pipeline(createReadStream(path), inflated, { signal })
  // its failure is told by the loop's
  done.catch(() => undefined)
  try {
    yield* inflated
  } catch (error) {
    signal.throwIfAborted()
    const reason = `its ${format} data is damaged`
    throw fail('image.invalid', { path: url.href, reason, advice: 'It must be made anew.' }, error)
  } finally {
    inflated.destroy()
  }
}
