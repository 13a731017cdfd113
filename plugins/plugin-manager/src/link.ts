import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fail } from '@banger/core'
import type { Manager } from './manager.ts'
import { bundledPlugins } from './package/bundled-plugins.ts'
import { checkPackage } from './package/check-package.ts'
import type { PackageManifest } from './package/read-package.ts'
import { dropPackage } from './drop-package.ts'
import { changeSet } from './set/change-set.ts'
import { type LinkedEntry, setEntry } from './set/manifest.ts'
import { trySet } from './set/try-set.ts'

/**
 * Uses a plugin where it lies, as its author does while working on it; an installed one of that name goes.
 * @throws plugin.not-a-plugin and what `checkPackage` and `trySet` do; the plugins are as before then
 */
export async function linkPlugin(manager: Manager, folder: string): Promise<LinkedEntry> {
  const root = resolve(folder)
  const manifest = await readFolder(root, folder)
  const name = manifest.name ?? ''
  if (!name) throw fail('plugin.not-a-plugin', { name: folder, reason: 'its package.json has no name.' })
  checkPackage(name, manifest, { version: manager.version, bundled: await bundledPlugins(manager.lib) })
  const entry: LinkedEntry = { name, type: 'link', root }
  await changeSet(manager.data, async (set) => {
    await dropPackage(manager, set, name)
    await setEntry(set, entry)
    await trySet(manager, set, name)
  })
  return entry
}

async function readFolder(root: string, folder: string): Promise<PackageManifest> {
  try {
    return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageManifest
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const reason = missing ? `there is no ${join(root, 'package.json')}.` : `its package.json cannot be read: ${String(error)}`
    throw fail('plugin.not-a-plugin', { name: folder, reason }, error)
  }
}
