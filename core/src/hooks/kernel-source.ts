import type { Progress } from './progress.ts'

/** A kernel that a source can pull. */
export interface AvailableKernel {
  /** `generic-6.1` */
  name: string
  /** The source's version text: `6.1.0-32-cloud-amd64`. */
  version: string
  /** `x64` or `arm64`, as in process.arch. */
  arch: string
  summary: string
  /** Download size in bytes, where known. */
  size?: number
  /** The one to take when nobody chose. */
  default?: boolean
}

/** Files of a pulled kernel, in a folder that the caller owns and will delete. */
export interface KernelFiles {
  /** A vmlinux (ELF) or bzImage; core unpacks it. */
  kernel: string
  /** A folder that holds `<release>/modules.dep` and the modules (a `/lib/modules`), if the kernel has any. */
  modules?: string
  /** The kernel's build configuration (`CONFIG_…` lines), if known. */
  config?: string
  /** An initrd to use in place of banger's. */
  initrd?: string
}

/** Where kernels come from. */
export interface KernelSource {
  readonly name: string
  /** May be slow and may fail without harm: other sources still list theirs. */
  available(options: { signal: AbortSignal; progress: Progress }): Promise<AvailableKernel[]>
  /**
   * @param options.dir an empty folder to put files in
   * @returns undefined when the name is not of this source
   */
  pull(name: string, options: { dir: string; signal: AbortSignal; progress: Progress }): Promise<KernelFiles | undefined>
}
