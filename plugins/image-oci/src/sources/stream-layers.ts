import type { Readable } from 'node:stream'
import { fail, isError } from '@banger/core'
import type { BlobFile, Blobs, Live } from '../blobs/blobs.ts'
import { readLayer } from '../blobs/read-layer.ts'
import type { Descriptor } from '../manifest/read-manifest.ts'
import { sha256OfFile } from '../blobs/sha256-of-file.ts'

export interface LayerStack {
  /** For messages. */
  image: string
  layers: Descriptor[]
  /** Digests of the layers unpacked. */
  diffIds: string[]
  blobs: Blobs
  /** Bytes that all layers may have unpacked. */
  most: number
}

/**
 * The layers as plain tars, lowest first. Those to come are fetched while one is read; when it ends early, what is under way is
 * given up.
 * @throws blob.corrupt, image.refused, registry.*
 */
export async function* streamLayers(stack: LayerStack, { signal, progress }: Live): AsyncGenerator<Readable> {
  const { image, layers, diffIds, blobs, most } = stack
  const ending = new AbortController()
  const files = fetchAll(layers, blobs, { progress, signal: AbortSignal.any([signal, ending.signal]) })
  let unpacked = 0
  const count = (bytes: number) => {
    unpacked += bytes
    if (unpacked > most)
      throw fail('image.refused', {
        image,
        reason: `its layers unpack to more than ${most / 1024 ** 3} GiB, which max_unpacked_gib allows`,
      })
  }
  let at = 0
  try {
    for (const [index, { digest }] of layers.entries()) {
      at = index
      const blob = await files[index]
      const diffId = diffIds[index]
      if (!blob || !diffId) continue
      const stream = readLayer({ blob, digest, diffId, image, count })
      stream.once('error', (error) => void discardIfDamaged(stack, blob, digest, error))
      yield stream
    }
  } finally {
    ending.abort()
    await Promise.allSettled(files.slice(at))
  }
}

/** A few at a time, in order. The promises fail silently until they are awaited. */
function fetchAll(layers: Descriptor[], blobs: Blobs, live: Live): Promise<BlobFile>[] {
  const files: Promise<BlobFile>[] = []
  for (const [index, layer] of layers.entries()) {
    // waits for the one that is `parallel` places before it: nearly the same as a pool, and in order
    const before = files[files.length - blobs.parallel]
    const file = Promise.resolve(before).then(() => {
      live.signal.throwIfAborted()
      return blobs.file(layer, live, `layer ${index + 1} of ${layers.length}`)
    })
    file.catch(() => undefined)
    files.push(file)
  }
  return files
}

/** A blob that went bad in the cache must not be used again; one that was bad when it was made may stay: it is what its digest says. */
async function discardIfDamaged({ blobs }: LayerStack, blob: BlobFile, digest: string, error: Error): Promise<void> {
  if (!blobs.discard || !isError(error, 'blob.corrupt')) return
  const actual = await sha256OfFile(blob.path).catch(() => undefined)
  if (actual !== digest) await blobs.discard(digest)
}
