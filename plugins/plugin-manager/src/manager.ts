import type { Host, Progress } from '@banger/core'
import type { NpmContext } from './npm/run-npm.ts'

/** What every change of the plugins works with. */
export interface Manager {
  host: Host
  /** oclif's data folder. */
  data: string
  /** Folder of the built program. */
  lib: string
  /** Version of banger. */
  version: string
  progress: Progress
  signal?: AbortSignal
}

export function npmOf({ host, lib, signal }: Manager): NpmContext {
  return { host, lib, ...(signal ? { signal } : {}) }
}
