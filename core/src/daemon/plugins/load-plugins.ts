import { realpath } from 'node:fs/promises'
import { readSettings } from '../../config/plugin-settings.ts'
import { type BangerError, fail, isError } from '../../errors.ts'
import type { BangerPlugin } from '../../hooks/plugin.ts'
import type { PluginAdditions } from '../../protocol/model.ts'
import { applyPlugin, type Daemon } from './apply-plugin.ts'
import type { Bounded } from './bounded.ts'
import { checkCore, checkPackage } from './check-package.ts'
import { type FoundPlugin, findPlugins } from './find-plugins.ts'
import { importExtension } from './import-extension.ts'
import { loadFailure } from './load-failure.ts'
import type { PluginBook } from './plugin-book.ts'
import { type PluginGuard, within } from './plugin-guard.ts'
import { runAs } from './running-plugin.ts'

export interface LoadOptions extends Daemon {
  /** Folder of the package.json that lists the bundled plugins. */
  root: string
  /** banger's own. */
  version: string
  book: PluginBook
}

/** `extension` is missing in a plugin of commands alone. */
type Loaded = { plugin: FoundPlugin; extension?: BangerPlugin<unknown> | undefined; error?: unknown }

/**
 * Finds the plugins, imports them side by side, each for so long, and applies them one after the other in the order of their
 * names. One that fails is put down in the book, adds nothing, and keeps nothing else from working.
 * @returns what is wrong with the list of plugins itself
 * @throws config.invalid, config.unknown-key when the settings of a bundled plugin are wrong
 */
export async function loadPlugins(options: LoadOptions): Promise<BangerError[]> {
  const { plugins, problems } = await findPlugins(options.root, options.host.dirs.data)
  for (const problem of problems) options.host.log.error({ code: problem.code }, problem.message)
  const loaded = await Promise.all(plugins.map(async (plugin, index) => load(plugin, plugins.slice(0, index), options)))
  loaded.sort((a, b) => (a.plugin.name < b.plugin.name ? -1 : a.plugin.name > b.plugin.name ? 1 : 0))
  for (const one of loaded) await apply(one, options)
  return problems
}

/** @param earlier the plugins found before it, which go first when they have its name */
async function load(plugin: FoundPlugin, earlier: FoundPlugin[], { version, limits, book }: LoadOptions): Promise<Loaded> {
  try {
    const { name, problem } = plugin
    const first = earlier.find((other) => other.name === name)
    if (first) throw fail('plugin.twice', { plugin: name, first: placeOf(first), second: placeOf(plugin) })
    if (problem) throw new Error(problem)
    checkPackage(plugin, version)
    const guard = book.guardOf(name, plugin.origin)
    const extension = await importExtension(plugin, boundedBy(guard, limits.load))
    if (extension) checkCore(name, extension.coreRange, version)
    return { plugin, extension }
  } catch (error) {
    return { plugin, error }
  }
}

async function apply({ plugin, extension, error }: Loaded, options: LoadOptions): Promise<void> {
  const { name, version, origin } = plugin
  const { book, host } = options
  const root = await realpath(plugin.root).catch(() => plugin.root)
  try {
    if (error) throw error
    const adds = extension ? await extend(plugin, extension, options) : nothing
    book.add({ name, version, origin, root, status: 'ok', adds })
  } catch (cause) {
    const isSetting = isError(cause, 'config.invalid') || isError(cause, 'config.unknown-key')
    if (isSetting && origin === 'bundled') throw cause
    const failure = loadFailure(plugin, cause)
    host.log.error({ plugin: name, code: failure.code, err: failure.cause ?? failure }, failure.message)
    const { message: reason, hint } = failure
    book.add({ name, version, origin, root, status: 'failed', reason, ...(hint ? { hint } : {}), adds: nothing })
  }
}

async function extend(plugin: FoundPlugin, extension: BangerPlugin<unknown>, options: LoadOptions): Promise<PluginAdditions> {
  const { host, limits, book } = options
  const settings = extension.settings && readSettings(host, plugin.name, extension.settings)
  const guard = book.guardOf(plugin.name)
  return applyPlugin(guard, extension, settings, options, boundedBy(guard, limits.load))
}

/** @param limit milliseconds */
function boundedBy(guard: PluginGuard, limit: number): Bounded {
  return (task, code) =>
    within(
      runAs(guard.plugin, async () => code()),
      limit,
      () => guard.hung(task, limit),
    )
}

function placeOf({ origin, root }: FoundPlugin): string {
  return origin === 'bundled' ? 'bundled with banger' : `${origin} in ${root}`
}

const nothing: PluginAdditions = {
  vmms: [],
  networks: [],
  imageSources: [],
  kernelSources: [],
  distros: [],
  hooks: [],
  settings: [],
}
