import type { Host, Log } from '../src/hooks/host.ts'
import { createHost } from '../src/host/index.ts'
import { resolvePaths } from '../src/store/paths.ts'

/** A log that says nothing. */
export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** The real host with its folders below `folder`. */
export function hostIn(folder: string): Host {
  return createHost(resolvePaths({ HOME: folder }), silentLog)
}
