import { Config } from '@oclif/core/config'
import { settings as oclif } from '@oclif/core/settings'
import semver from 'semver'
import { readSettings, settingsKeys } from '../config/plugin-settings.ts'
import { fail, isError, toBangerError } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import type { BangerHooks } from '../hooks/index.ts'
import type { BangerPlugin } from '../hooks/plugin.ts'
import type { PluginInfo } from '../protocol/model.ts'
import { noAdditions } from './plugins/additions.ts'

type Found = Pick<PluginInfo, 'name' | 'version' | 'origin'>

export interface LoadedPlugins {
  plugins: PluginInfo[]
  /** oclif's data folder, where user plugins live. */
  dataDir: string
}

/**
 * Finds plugins as oclif does (in-tree, installed and linked by the user), runs their `banger:extend`, and applies them in the
 * order of their names. A plugin that fails is reported and keeps noAdditions else from working.
 * @param root folder of the package.json that lists the in-tree plugins
 * @throws config.invalid when a plugin finds its settings wrong
 */
export async function loadPlugins(root: string, version: string, hooks: BangerHooks, host: Host): Promise<LoadedPlugins> {
  const warnings: string[] = []
  const collect = (warning: Error) => warnings.push(warning.message)
  process.on('warning', collect)
  // Plugins run as they were built, linked ones too.
  oclif.enableAutoTranspile = false
  const config = await Config.load({ root })
  const { successes, failures } = await config.runHook('banger:extend', {}, undefined, true)
  process.off('warning', collect)
  const failed = failures.map(({ plugin, error }) => report(host, describe(plugin), error))
  const applied: PluginInfo[] = []
  for (const { plugin, result } of successes.sort((a, b) => (a.plugin.name < b.plugin.name ? -1 : 1)))
    applied.push(await apply(describe(plugin), result as BangerPlugin<unknown> | undefined, version, hooks, host))
  const broken = warnings
    .filter((text) => text !== '')
    .map((text) => report(host, { name: 'unknown', version: '', origin: 'installed' }, new Error(text)))
  return { plugins: [...applied, ...failed, ...broken].sort((a, b) => (a.name < b.name ? -1 : 1)), dataDir: config.dataDir }
}

function describe({ name, version, type }: { name: string; version: string; type: string }): Found {
  return { name, version, origin: type === 'link' ? 'linked' : type === 'user' ? 'installed' : 'bundled' }
}

async function apply(
  found: Found,
  extension: BangerPlugin<unknown> | undefined,
  version: string,
  hooks: BangerHooks,
  host: Host,
): Promise<PluginInfo> {
  const { name } = found
  try {
    if (typeof extension?.apply !== 'function')
      throw fail('plugin.broken', { plugin: name, reason: 'its banger:extend hook returned no plugin' })
    const range = extension.coreRange
    if (!semver.satisfies(version, range, { includePrerelease: true }))
      throw fail('plugin.range', { plugin: name, range, version })
    const settings = extension.settings && readSettings(host, name, extension.settings)
    await extension.apply(hooks, host, settings)
    return { ...found, status: 'ok', adds: { ...noAdditions, settings: settingsKeys(name, extension.settings) } }
  } catch (error) {
    if (isError(error, 'config.invalid') || isError(error, 'config.unknown-key')) throw error
    return report(host, found, error)
  }
}

function report(host: Host, found: Found, error: unknown): PluginInfo {
  host.log.error({ plugin: found.name, err: error }, 'a plugin could not be loaded')
  return {
    ...found,
    status: 'failed',
    reason: toBangerError(error).message.replace(/^Something went wrong inside banger: /, ''),
    adds: noAdditions,
  }
}
