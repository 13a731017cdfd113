import type { Readable } from 'node:stream'
import type { Progress } from './progress.ts'

/** What an image says about running it (a subset of the OCI image config). */
export interface ImageConfig {
  /** `KEY=value` */
  env?: string[]
  user?: string
  workingDir?: string
  entrypoint?: string[]
  cmd?: string[]
  labels?: Record<string, string>
}

/** An image that a source has found. */
export interface ResolvedImage {
  /** Says what the content is: same digest, same rootfs. `sha256:…`, or any stable text of the source's. */
  digest: string
  /** A name for the image when the user gives none: `debian-bookworm`. */
  name: string
  config: ImageConfig
  /** Bytes of all layers, unpacked; an estimate, for progress. */
  size?: number
  /** A root filesystem that is ready: absolute path of an ext4 file, used where it lies in place of layers. */
  rootfs?: string
  /** Uncompressed tar streams, lowest layer first. Each is read to its end before the next is asked for. */
  layers(options: { signal: AbortSignal; progress: Progress }): AsyncIterable<Readable>
}

/** An image source yields layers; core turns layers into a rootfs. */
export interface ImageSource {
  /** `debian` serves `debian:bookworm`. */
  readonly scheme: string
  /** One line for help and errors: `debian:<suite>, bootstrapped from the host's Debian mirror`. */
  readonly summary: string
  /** A whole reference (`debian:bookworm`) to fetch when nothing is registered yet; the alphabetically first scheme that has one wins. */
  defaultRef?(): Promise<string | undefined>
  /**
   * @param ref the reference without its scheme: `bookworm`
   * @param options.named whether the user named this source by its scheme; else the reference may be any source's
   * @returns undefined when the reference is not of this source
   */
  resolve(ref: string, options: { signal: AbortSignal; progress: Progress; named?: boolean }): Promise<ResolvedImage | undefined>
}
