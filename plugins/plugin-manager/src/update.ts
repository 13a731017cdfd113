import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '@banger/core'
import { fetchPlugin, placePlugin } from './install.ts'
import type { Manager } from './manager.ts'
import { type PluginSource, readSource } from './package/source.ts'
import type { PackedPlugin } from './package/pack.ts'
import { changeSet } from './set/change-set.ts'
import { type InstalledEntry, type PluginEntry, readManifest } from './set/manifest.ts'
import { findEntry, noSuchPlugin } from './uninstall.ts'

export interface Update {
  name: string
  /** `current`: its source has nothing newer. `linked`: it is used where it lies. */
  state: 'updated' | 'current' | 'pinned' | 'linked'
  version?: string
  /** The version before. */
  from?: string
}

/**
 * Brings plugins to what their sources have now; pinned ones are left alone.
 * @param names all without any
 * @throws plugin.changed when a source has other contents under the same version; what `fetchPlugin` and `placePlugin` throw.
 * No plugin is changed then.
 */
export function updatePlugins(manager: Manager, names: string[]): Promise<Update[]> {
  return changeSet(manager.data, async (set) => {
    const { oclif } = await readManifest(set)
    const chosen = names.length > 0 ? await Promise.all(names.map((name) => choose(manager, oclif.plugins, name))) : oclif.plugins
    const updates: Update[] = []
    for (const entry of chosen) updates.push(await updateIn(manager, set, entry))
    return updates
  })
}

async function choose(manager: Manager, entries: PluginEntry[], name: string): Promise<PluginEntry> {
  const entry = findEntry(entries, name)
  if (!entry) throw await noSuchPlugin(manager, name)
  return entry
}

async function updateIn(manager: Manager, set: string, entry: PluginEntry): Promise<Update> {
  const { name } = entry
  if (entry.type === 'link') return { name, state: 'linked' }
  const known = entry.version ? { version: entry.version } : {}
  if (entry.pinned) return { name, state: 'pinned', ...known }
  const source = await sourceOf(entry)
  const packed = await fetchPlugin(manager, set, source)
  if (isSame(entry, packed)) {
    await rm(join(set, 'incoming', packed.file))
    return { name, state: 'current', ...known }
  }
  refuseOtherContents(entry, packed, source)
  await placePlugin(manager, set, packed, { source, pin: false, scripts: entry.scripts ?? false })
  return { name, state: 'updated', version: packed.version, ...(entry.version ? { from: entry.version } : {}) }
}

/** Where it came from. */
function sourceOf({ name, url, tag }: InstalledEntry): Promise<PluginSource> {
  return readSource(url ?? `${name}@${tag ?? 'latest'}`, '/')
}

function isSame(entry: InstalledEntry, packed: PackedPlugin): boolean {
  return entry.version === packed.version && entry.integrity === packed.integrity
}

/** A version is published once. Another commit of a repository is another state of it, whatever version it says. */
function refuseOtherContents(entry: InstalledEntry, packed: PackedPlugin, source: PluginSource): void {
  if (!entry.integrity || entry.version !== packed.version) return
  if (entry.commit !== packed.commit) return
  throw fail('plugin.changed', { name: entry.name, version: packed.version, source: source.spec })
}
