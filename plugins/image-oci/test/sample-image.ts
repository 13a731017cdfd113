import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { makeTar, type Member } from '../../../core/test/rootfs/make-tar.ts'

export interface SampleImage {
  /** By digest: layers, config, manifest. */
  blobs: Map<string, Buffer>
  /** Of the manifest. */
  digest: string
  layers: string[]
  diffIds: string[]
}

type Packing = 'gzip' | 'zstd' | 'none'

export const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** An image of these layers; what is given in `config` and `manifest` replaces what is right. */
export function sampleImage(
  stack: (Member[] | Buffer)[],
  options: { packing?: Packing; config?: object; manifest?: object; diffIds?: string[] } = {},
): SampleImage {
  const blobs = new Map<string, Buffer>()
  const add = (bytes: Buffer) => {
    blobs.set(sha256(bytes), bytes)
    return { digest: sha256(bytes), size: bytes.length }
  }
  const packing = options.packing ?? 'gzip'
  const tars = stack.map((members) => (Buffer.isBuffer(members) ? members : makeTar(members)))
  const layers = tars.map((tar) => ({
    mediaType: `application/vnd.oci.image.layer.v1.tar${suffix[packing]}`,
    ...add(pack(tar, packing)),
  }))
  const diffIds = options.diffIds ?? tars.map(sha256)
  const config = {
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: diffIds },
    config: { Env: ['A=b'] },
    ...options.config,
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...add(Buffer.from(JSON.stringify(config))) },
    layers,
    ...options.manifest,
  }
  const { digest } = add(Buffer.from(JSON.stringify(manifest)))
  return { blobs, digest, layers: layers.map((layer) => layer.digest), diffIds }
}

const suffix = { gzip: '+gzip', zstd: '+zstd', none: '' }

function pack(tar: Buffer, packing: Packing): Buffer {
  if (packing === 'none') return tar
  return packing === 'gzip' ? gzipSync(tar) : zstdCompressSync(tar)
}
