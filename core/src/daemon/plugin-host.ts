import { Config } from '@oclif/core/config'
import { settings } from '@oclif/core/settings'
import semver from 'semver'
import { fail, isError, toBangerError } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import type { BangerHooks } from '../hooks/index.ts'
import type { BangerPlugin } from '../hooks/plugin.ts'
import type { DaemonInfo } from '../protocol/model.ts'

type PluginStatus = DaemonInfo['plugins'][number]

export interface LoadedPlugins {
  plugins: PluginStatus[]
  /** oclif's data folder, where user plugins live. */
  dataDir: string
}

/**
 * Finds plugins as oclif does (in-tree, installed and linked by the user), runs their `banger:extend`, and applies them in the
 * order of their names. A plugin that fails is reported and keeps nothing else from working.
 * @param root folder of the package.json that lists the in-tree plugins
 * @throws config.invalid when a plugin finds its settings wrong
 */
export async function loadPlugins(root: string, version: string, hooks: BangerHooks, host: Host): Promise<LoadedPlugins> {
  const warnings: string[] = []
  const collect = (warning: Error) => warnings.push(warning.message)
  process.on('warning', collect)
  // Plugins run as they were built, linked ones too.
  settings.enableAutoTranspile = false
  const config = await Config.load({ root })
  const { successes, failures } = await config.runHook('banger:extend', {}, undefined, true)
  process.off('warning', collect)
  const failed = failures.map(({ plugin, error }) => report(host, plugin.name, plugin.version, error))
  const applied = successes
    .map(({ plugin, result }) => ({ version: plugin.version, name: plugin.name, extension: result as BangerPlugin | undefined }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version: pluginVersion, extension }) => apply(name, pluginVersion, extension, version, hooks, host))
  const broken = warnings.filter((text) => text !== '').map((text) => report(host, 'unknown', '', new Error(text)))
  return { plugins: [...applied, ...failed, ...broken].sort((a, b) => (a.name < b.name ? -1 : 1)), dataDir: config.dataDir }
}

function apply(
  name: string,
  pluginVersion: string,
  extension: BangerPlugin | undefined,
  version: string,
  hooks: BangerHooks,
  host: Host,
): PluginStatus {
  try {
    if (typeof extension?.apply !== 'function')
      throw fail('plugin.broken', { plugin: name, reason: 'its banger:extend hook returned no plugin' })
    const range = extension.coreRange
    if (!semver.satisfies(version, range, { includePrerelease: true }))
      throw fail('plugin.range', { plugin: name, range, version })
    extension.apply(hooks, host)
    return { name, version: pluginVersion, status: 'ok' }
  } catch (error) {
    if (isError(error, 'config.invalid')) throw error
    return report(host, name, pluginVersion, error)
  }
}

function report(host: Host, name: string, version: string, error: unknown): PluginStatus {
  host.log.error({ plugin: name, err: error }, 'a plugin could not be loaded')
  return {
    name,
    version,
    status: 'failed',
    reason: toBangerError(error).message.replace(/^Something went wrong inside banger: /, ''),
  }
}
