import type { Progress } from '@banger/core'
import type { Descriptor } from '../manifest/read-manifest.ts'

export interface Live {
  signal: AbortSignal
  progress: Progress
}

/** Bytes of a blob in a file of this machine. */
export interface BlobFile {
  path: string
  /** Where in the file it begins, in bytes. */
  start: number
  size: number
  /** Whether the bytes were checked against the digest when they came. */
  verified: boolean
}

/** Where an image's blobs are had from. */
export interface Blobs {
  /**
   * The blob, whole, fetched first if need be.
   * @param label what progress calls it: `layer 2 of 6`; without it nothing is told
   * @throws blob.corrupt, registry.*, image.refused
   */
  file(descriptor: Descriptor, live: Live, label?: string): Promise<BlobFile>
  /** Called when a blob turns out to be damaged, so that a copy in the cache is not used again. */
  discard?(digest: string): Promise<void>
  /** Blobs that may be fetched at the same time. */
  parallel: number
}
