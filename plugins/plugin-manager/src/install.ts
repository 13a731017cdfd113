import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { dropPackage } from './drop-package.ts'
import { npmOf, type Manager } from './manager.ts'
import { runNpm } from './npm/run-npm.ts'
import { bundledPlugins } from './package/bundled-plugins.ts'
import { checkPackage } from './package/check-package.ts'
import { type PackedPlugin, packPlugin } from './package/pack.ts'
import { readPackage } from './package/read-package.ts'
import type { PluginSource } from './package/source.ts'
import { changeSet } from './set/change-set.ts'
import { type InstalledEntry, readManifest, setEntry } from './set/manifest.ts'
import { removeUnusedTarballs, tarballName } from './set/tarballs.ts'
import { trySet } from './set/try-set.ts'

export interface InstallOptions {
  source: PluginSource
  /** Whether `plugins update` is to leave it alone. */
  pin: boolean
  /** Whether install scripts, its own and its dependencies', may run. */
  scripts: boolean
}

export interface Installed {
  entry: InstalledEntry
  /** What was installed before under the same name. */
  before?: InstalledEntry
}

/**
 * Installs a plugin, or another version in place of the one that is there. It is known to load before it is put in place.
 * @throws what `fetchPlugin` and `placePlugin` do; the plugins are as before then
 */
export function installPlugin(manager: Manager, options: InstallOptions): Promise<Installed> {
  return changeSet(manager.data, async (set) =>
    placePlugin(manager, set, await fetchPlugin(manager, set, options.source), options),
  )
}

/**
 * Gets a plugin's tarball into a set's stage; nothing is installed yet.
 * @throws what `packPlugin`, `readPackage` and `checkPackage` do
 */
export async function fetchPlugin(manager: Manager, set: string, source: PluginSource): Promise<PackedPlugin> {
  manager.progress({ id: `plugin ${source.spec}`, message: `Fetching ${source.spec}`, state: 'running' })
  const incoming = join(set, 'incoming')
  const packed = await packPlugin(npmOf(manager), source, incoming)
  checkPackage(packed.name, await readPackage(join(incoming, packed.file)), {
    version: manager.version,
    bundled: await bundledPlugins(manager.lib),
  })
  return packed
}

/**
 * Installs what was fetched, and tries it.
 * @throws what `runNpm` and `trySet` do
 */
export async function placePlugin(
  manager: Manager,
  set: string,
  { name, version, integrity, commit, file }: PackedPlugin,
  { source, pin, scripts }: InstallOptions,
): Promise<Installed> {
  const tell = (message: string, state: 'running' | 'done'): void =>
    manager.progress({ id: `plugin ${source.spec}`, message: `${message} ${name} ${version}`, state })
  const { oclif, dependencies } = await readManifest(set)
  const before = oclif.plugins.find((entry) => entry.name === name)
  tell('Installing', 'running')
  const tarball = `tarballs/${tarballName(file, integrity)}`
  // npm does nothing for what is there already, and its scripts may be allowed now.
  if (dependencies?.[name] === `file:${tarball}`) await dropPackage(manager, set, name)
  await rename(join(set, 'incoming', file), join(set, tarball))
  const args = ['install', `file:${tarball}`, '--omit=dev', '--legacy-peer-deps', '--save-exact', `--ignore-scripts=${!scripts}`]
  await runNpm(npmOf(manager), { args, cwd: set, about: source.spec })
  await removeUnusedTarballs(set)
  const entry: InstalledEntry = {
    name,
    type: 'user',
    ...(source.kind === 'registry' ? { tag: source.tag ?? 'latest' } : { url: source.spec }),
    version,
    integrity,
    ...(commit ? { commit } : {}),
    ...(pin ? { pinned: true } : {}),
    ...(scripts ? { scripts: true } : {}),
  }
  await setEntry(set, entry)
  tell('Trying', 'running')
  await trySet(manager, set, name)
  tell('Installed', 'done')
  return { entry, ...(before?.type === 'user' ? { before } : {}) }
}
