import { readFile, open } from 'node:fs/promises'
import { fail, isError, type ResolvedImage } from '@banger/core'
import type { BlobFile, Blobs, Live } from '../blobs/blobs.ts'
import type { OciConfig } from '../config.ts'
import { formatPlatform, type Platform } from '../manifest/platform.ts'
import { readConfig } from '../manifest/read-config.ts'
import type { Descriptor, Manifest } from '../manifest/read-manifest.ts'
import { sha256 } from '../manifest/resolve-manifest.ts'
import { streamLayers } from './stream-layers.ts'

/** Bytes of an image's config at most. */
const largestConfig = 8 << 20
/** What layers are packed by, about. */
const usualRatio = 2.5

export interface Found {
  digest: string
  name: string
  platform: Platform
  /** For messages: the reference in full. */
  image: string
  manifest: Manifest
  blobs: Blobs
}

/**
 * Reads the config of an image whose manifest is known, and makes it ready to be asked for its layers.
 * @throws image.refused, blob.corrupt, registry.*
 */
export async function describeImage(found: Found, settings: OciConfig, live: Live): Promise<ResolvedImage> {
  const { digest, name, platform, image, manifest, blobs } = found
  return refusing(image, async () => {
    if (manifest.config.size > largestConfig) throw new Error('its config is too large')
    const bytes = await readBlob(await blobs.file(manifest.config, live))
    if (sha256(bytes) !== manifest.config.digest) {
      await blobs.discard?.(manifest.config.digest)
      throw fail('blob.corrupt', { image, digest: manifest.config.digest, reason: 'has other bytes: their digest differs' })
    }
    const { config, diffIds } = readConfig(bytes, platform)
    const { layers } = manifest
    if (layers.length === 0) throw new Error('it has no layers')
    if (layers.length !== diffIds.length)
      throw new Error(`it has ${layers.length} layers, and its config names ${diffIds.length}`)
    return {
      digest,
      name,
      platform: formatPlatform(platform),
      config,
      absolutePaths: settings.absolutePaths,
      size: Math.round(layers.reduce((sum, layer) => sum + layer.size * ratioOf(layer), 0)),
      layers: (options) => streamLayers({ image, layers, diffIds, blobs, most: settings.maxUnpacked }, options),
    }
  })
}

/** Plain errors, which say what is wrong with the image, become image.refused. */
export async function refusing<T>(image: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isError(error) || !(error instanceof Error) || 'code' in error || error.name === 'AbortError') throw error
    throw fail('image.refused', { image, reason: error.message }, error)
  }
}

export async function readBlob({ path, start, size }: BlobFile): Promise<Buffer> {
  if (start === 0) return readFile(path)
  const file = await open(path)
  try {
    return (await file.read(Buffer.alloc(size), 0, size, start)).buffer
  } finally {
    await file.close()
  }
}

function ratioOf({ mediaType }: Descriptor): number {
  return /gzip|zstd/.test(mediaType) ? usualRatio : 1
}
