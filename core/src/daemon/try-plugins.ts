import { loadConfig } from '../config/load-config.ts'
import { pluginLimits } from '../config/plugin-limits.ts'
import { toBangerError } from '../errors.ts'
import { createHooks } from '../hooks/index.ts'
import { createHost } from '../host/index.ts'
import { resolvePaths } from '../store/paths.ts'
import { createLog } from './log.ts'
import { loadPlugins } from './plugins/load-plugins.ts'
import { PluginBook } from './plugins/plugin-book.ts'
import { refuseExit } from './plugins/refuse-exit.ts'
import { createRegistries } from './registries.ts'

/**
 * Loads all plugins as the daemon does, and no more: `bangerd --try-plugins`, by which `banger plugins` knows of a plugin whether
 * it will load before it is put in place. Prints one line of JSON, `{ plugins }` as in `/v1/info`. Touches no state.
 */
export async function tryPlugins(root: string, version: string): Promise<void> {
  const log = createLog('silent')
  const paths = resolvePaths(process.env)
  // Whatever is awaited may wait on timers that do not keep a process alive.
  const alive = setInterval(() => undefined, 60_000)
  refuseExit()
  try {
    const config = await loadConfig(paths.configFile)
    const host = createHost(paths, log, (plugin) => config.plugins[plugin] ?? {})
    const limits = pluginLimits(config.plugin_timeout)
    const book = new PluginBook(log)
    await loadPlugins({ root, version, hooks: createHooks(), registries: createRegistries(), host, limits, book })
    process.stdout.write(`\n${JSON.stringify({ plugins: book.list() })}\n`)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${toBangerError(error).message}\n`)
    process.exit(1)
  } finally {
    clearInterval(alive)
  }
}
