import type { Blobs, Live } from '../blobs/blobs.ts'
import type { Manifest } from '../manifest/read-manifest.ts'

/** Where the parts of one reference's image come from. */
export interface Origin {
  /** A manifest or an index. @param version a tag or a digest @throws registry.*, image.not-cached */
  document(version: string, live: Live): Promise<Buffer>
  /** Asked before any blob of a manifest is. @throws image.not-cached when they cannot all be had */
  check?(manifest: Manifest): Promise<void>
  blobs: Blobs
}
