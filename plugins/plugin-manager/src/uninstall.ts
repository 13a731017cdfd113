import { resolve } from 'node:path'
import { fail } from '@banger/core'
import { dropPackage } from './drop-package.ts'
import type { Manager } from './manager.ts'
import { bundledPlugins } from './package/bundled-plugins.ts'
import { changeSet, replaceSet } from './set/change-set.ts'
import { type PluginEntry, readManifest, removeEntry, writeManifest } from './set/manifest.ts'

/**
 * Removes plugins, installed or linked; the folder of a linked one stays.
 * @param words names, or folders of linked plugins
 * @throws plugin.none, plugin.bundled; none of them is removed then
 */
export function uninstallPlugins(manager: Manager, words: string[]): Promise<PluginEntry[]> {
  return changeSet(manager.data, async (set) => {
    const removed: PluginEntry[] = []
    for (const word of words) {
      const { oclif } = await readManifest(set)
      const entry = findEntry(oclif.plugins, word)
      if (!entry) throw await noSuchPlugin(manager, word)
      await dropPackage(manager, set, entry.name)
      await removeEntry(set, entry.name)
      removed.push(entry)
    }
    return removed
  })
}

/** Removes all of them, also when the list of them cannot be read. @returns those that were on it */
export function resetPlugins({ data }: Manager): Promise<PluginEntry[]> {
  return replaceSet(data, async (set) => {
    const before = await readManifest(data).catch(() => undefined)
    await writeManifest(set, { name: 'banger', private: true, oclif: { schema: 1, plugins: [] } })
    return before?.oclif.plugins ?? []
  })
}

export function findEntry(entries: PluginEntry[], word: string): PluginEntry | undefined {
  const linkedAt = resolve(word)
  return (
    entries.find(({ name }) => name === word) ??
    entries.find((entry) => entry.type === 'link' && resolve(entry.root) === linkedAt)
  )
}

export async function noSuchPlugin({ lib }: Manager, name: string): Promise<Error> {
  const bundled = (await bundledPlugins(lib)).includes(name)
  return fail(bundled ? 'plugin.bundled' : 'plugin.none', { name })
}
