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

/** What a user may ask of a source beside the reference. A source says in `takes` which of it it understands. */
export interface PullOptions {
  /** `os/architecture[/variant]`, named as in the OCI image specification: `linux/amd64`. */
  platform?: string
  /** Speak plain HTTP, or TLS with a certificate that nobody checks, with the server that the reference names. */
  insecure?: boolean
  /** Ask nobody: take what is cached from an earlier time. */
  offline?: boolean
}

/** An image that a source has found. */
export interface ResolvedImage {
  /** Says what the content is: same digest, same rootfs. `sha256:…`, or any stable text of the source's. */
  digest: string
  /** The reference in full, where the user's was short: `docker.io/library/debian:bookworm`. */
  ref?: string
  /** What it is made for, where its source knows: `linux/amd64`. */
  platform?: string
  /** A name for the image when the user gives none: `debian-bookworm`. */
  name: string
  config: ImageConfig
  /** Bytes of all layers, unpacked; an estimate, for progress. */
  size?: number
  /** A root filesystem that is ready: absolute path of an ext4 file, used where it lies in place of layers. */
  rootfs?: string
  /** Whether its layers may have absolute paths, which count from the root then. Core refuses them otherwise. */
  absolutePaths?: boolean
  /** Files in the cache folder that it is made of and that another pull would use again: absolute paths. */
  cached?: string[]
  /** Uncompressed tar streams, lowest layer first. Each is read to its end before the next is asked for. */
  layers(options: { signal: AbortSignal; progress: Progress }): AsyncIterable<Readable>
}

/** How a reference is looked up. */
export interface ResolveOptions extends PullOptions {
  signal: AbortSignal
  progress: Progress
  /** Whether the user named this source by its scheme; else the reference may be any source's. */
  named?: boolean
}

/** An image source yields layers; core turns layers into a rootfs. */
export interface ImageSource {
  /** `debian` serves `debian:bookworm`. */
  readonly scheme: string
  /** One line for help and errors: `debian:<suite>, bootstrapped from the host's Debian mirror`. */
  readonly summary: string
  /** The options that `resolve` understands; it gets no others. Asked for another one, core refuses it for this source. */
  readonly takes?: readonly (keyof PullOptions)[]
  /** A whole reference (`debian:bookworm`) to fetch when nothing is registered yet; the alphabetically first scheme that has one wins. */
  defaultRef?(): Promise<string | undefined>
  /**
   * Every file that it keeps in the cache folder and that nobody is writing, whether an image needs it or not: absolute paths. Asked while no
   * `resolve` is under way. Those that no image and no pull under way names in `cached` may be removed.
   */
  cachedFiles?(): Promise<string[]>
  /**
   * @param ref the reference without its scheme: `bookworm`
   * @returns undefined when the reference is not of this source
   */
  resolve(ref: string, options: ResolveOptions): Promise<ResolvedImage | undefined>
}
