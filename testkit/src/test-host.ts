import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from '@banger/core'
import { createHost } from '../../core/src/host/index.ts'
import { resolvePaths } from '../../core/src/store/paths.ts'

/** A line that a plugin logged. */
export interface LoggedLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  fields: Record<string, unknown>
  message: string
}

/** A host for tests: it runs real programs, has its folders in a temporary one, and keeps what is logged. */
export interface TestHost extends Host, Disposable {
  /** Absolute path of the folder that all of its own lie in. */
  readonly folder: string
  /** What was logged, in order. */
  readonly logged: LoggedLine[]
  /** Removes the temporary folder. Idempotent. */
  remove(): void
}

export interface TestHostOptions {
  /** A folder of the caller's to use, who removes it; a temporary one of its own when missing. */
  folder?: string
  /** Tables of the configuration, by the plugin's short name: `{ 'image-tarball': { mirror: '…' } }`. */
  settings?: Record<string, Record<string, unknown>>
  /** What is to be another: `{ arch: 'arm64', which: async () => undefined }`. */
  change?: Partial<Host>
}

/** @returns a host of its own; whoever asked removes it, by `using` or `remove()` */
export function testHost({ folder: given, settings = {}, change = {} }: TestHostOptions = {}): TestHost {
  const folder = given ?? realpathSync(mkdtempSync(join(tmpdir(), 'banger-testkit-')))
  const logged: LoggedLine[] = []
  const log = (level: LoggedLine['level']) => (fields: Record<string, unknown>, message: string) =>
    void logged.push({ level, fields, message })
  const host = createHost(
    resolvePaths({ HOME: folder }),
    { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    (plugin) => settings[plugin] ?? {},
  )
  const dirs = { ...host.dirs, ...change.dirs }
  for (const dir of Object.values(dirs)) mkdirSync(dir, { recursive: true })
  const remove = () => {
    if (!given) rmSync(folder, { recursive: true, force: true })
  }
  return { ...host, ...change, dirs, folder, logged, remove, [Symbol.dispose]: remove }
}
