import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '@banger/core'

/**
 * One plugin in the list that oclif reads, in the format of @oclif/plugin-plugins
 * (https://github.com/oclif/plugin-plugins, src/plugins.ts), and what banger records besides.
 */
export type PluginEntry = InstalledEntry | LinkedEntry

export interface LinkedEntry {
  name: string
  type: 'link'
  /** Absolute path of its folder. */
  root: string
}

export interface InstalledEntry {
  name: string
  type: 'user'
  /** Of a package of the registry: the version, range or tag that was asked for. */
  tag?: string
  /** Of any other: where it came from, `file:/srv/x.tgz` or `git+https://…`. */
  url?: string
  /** The exact version that is installed. */
  version?: string
  /** Of its tarball, as npm writes it: `sha512-…` (https://w3c.github.io/webappsec-subresource-integrity/). */
  integrity?: string
  /** Of a git repository: the commit. */
  commit?: string
  /** Whether `plugins update` leaves it alone. */
  pinned?: boolean
  /** Whether install scripts, its own and its dependencies', may run. */
  scripts?: boolean
}

export interface SetManifest {
  dependencies?: Record<string, string>
  oclif: { schema: 1; plugins: PluginEntry[] }
  [key: string]: unknown
}

/** The package.json of a set. A folder without one holds no plugins. @throws plugin.list */
export async function readManifest(folder: string): Promise<SetManifest> {
  const file = join(folder, 'package.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  try {
    const read = JSON.parse(text) as { oclif?: { plugins?: (PluginEntry | string)[] } }
    return { name: 'banger', private: true, ...read, oclif: { schema: 1, plugins: (read.oclif?.plugins ?? []).map(entryOf) } }
  } catch (error) {
    throw fail('plugin.list', { file, reason: error instanceof Error ? error.message : String(error) }, error)
  }
}

export async function writeManifest(folder: string, manifest: SetManifest): Promise<void> {
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
}

/** Puts a plugin on the list, in place of the one of that name. */
export async function setEntry(folder: string, entry: PluginEntry): Promise<void> {
  await changeEntries(folder, (entries) => [...entries.filter(({ name }) => name !== entry.name), entry])
}

export async function removeEntry(folder: string, name: string): Promise<void> {
  await changeEntries(folder, (entries) => entries.filter((entry) => entry.name !== name))
}

async function changeEntries(folder: string, change: (entries: PluginEntry[]) => PluginEntry[]): Promise<void> {
  const manifest = await readManifest(folder)
  await writeManifest(folder, { ...manifest, oclif: { ...manifest.oclif, plugins: change(manifest.oclif.plugins) } })
}

/** Old lists hold bare names. */
function entryOf(entry: PluginEntry | string): PluginEntry {
  return typeof entry === 'string' ? { name: entry, type: 'user', tag: 'latest' } : entry
}
