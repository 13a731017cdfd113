import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DaemonInfo } from '@banger/core'
import { bundledPlugins } from '../package/bundled-plugins.ts'
import { type PluginEntry, readManifest } from '../set/manifest.ts'
import { commandsOf } from './commands-of.ts'

/** A plugin as `banger plugins` shows it. */
export interface ListedPlugin {
  name: string
  version: string
  origin: 'bundled' | 'installed' | 'linked'
  /** `pending`: the daemon has not taken it up yet. `unknown`: no daemon says. */
  status: 'ok' | 'failed' | 'pending' | 'unknown'
  /** Why it failed. */
  reason?: string
  /** Absolute path of its folder. */
  root: string
  /** What it adds, by kind: `commands`, `imageSources`, `hooks`, … */
  adds: Record<string, string[]>
  /** What was recorded when it was installed. */
  installed?: Omit<Extract<PluginEntry, { type: 'user' }>, 'name' | 'type' | 'version'>
}

/**
 * The plugins that are a part of banger, and those that the user added, each with what the daemon says of it.
 * @param lib folder of the built program
 * @param info of the daemon, when one answers
 */
export async function listPlugins(lib: string, data: string, info: DaemonInfo | undefined): Promise<ListedPlugin[]> {
  const names = (await bundledPlugins(lib)).filter((name) => name !== '@banger/core')
  const { oclif } = await readManifest(data)
  const bundled = names.map((name) => describe({ name, origin: 'bundled', root: join(lib, 'node_modules', name) }, info))
  const added = oclif.plugins.map((entry) => describe(placeOf(entry, data), info, entry))
  return (await Promise.all([...bundled, ...added])).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What keeps the daemon from seeing the plugins that are listed here, in words. */
export function findMismatch(plugins: ListedPlugin[], data: string, info: DaemonInfo): string | undefined {
  if (info.dirs.data !== data)
    return `The daemon takes its plugins from ${info.dirs.data}, and this command from ${data}: XDG_DATA_HOME or BANGER_DATA_DIR was another when it was started. Start it anew with: banger daemon restart`
  const own = new Set(plugins.map(({ name }) => name))
  const gone = info.plugins.filter(({ name }) => !own.has(name)).map(({ name }) => name)
  if (gone.length === 0 && plugins.every(({ status }) => status !== 'pending')) return undefined
  const waits = info.restartsAfter
  const when = waits?.length
    ? ` It starts anew when this has ended: ${waits.join(', ')}.`
    : ' Have it take it up with: banger daemon restart'
  return `The daemon has not taken up the last change of the plugins yet.${gone.length > 0 ? ` It still runs: ${gone.join(', ')}.` : ''}${when}`
}

type Place = Pick<ListedPlugin, 'name' | 'origin' | 'root'>

function placeOf(entry: PluginEntry, data: string): Place {
  const { name } = entry
  return entry.type === 'link'
    ? { name, origin: 'linked', root: entry.root }
    : { name, origin: 'installed', root: join(data, 'node_modules', name) }
}

async function describe(place: Place, info: DaemonInfo | undefined, entry?: PluginEntry): Promise<ListedPlugin> {
  const [commands, version] = await Promise.all([commandsOf(place.root), versionOf(place.root)])
  const reported = info?.plugins.find(({ name }) => name === place.name)
  const stale = reported && (reported.origin !== place.origin || reported.version !== version)
  const status = !info ? 'unknown' : !reported || stale ? 'pending' : reported.status
  const adds = Object.entries({ commands, ...reported?.adds }).filter(([, names]) => names.length > 0)
  return {
    ...place,
    version,
    status,
    ...(reported?.reason && !stale ? { reason: reported.reason } : {}),
    adds: Object.fromEntries(adds),
    ...(entry?.type === 'user' ? { installed: recordOf(entry) } : {}),
  }
}

function recordOf({ name: _name, type: _type, version: _version, ...record }: Extract<PluginEntry, { type: 'user' }>) {
  return record
}

async function versionOf(root: string): Promise<string> {
  return (await readPackageJson(root))?.version ?? ''
}

async function readPackageJson(root: string): Promise<{ version?: string } | undefined> {
  try {
    return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version?: string }
  } catch {
    return undefined
  }
}
