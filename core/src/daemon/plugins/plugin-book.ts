import { pathToFileURL } from 'node:url'
import type { BangerError } from '../../errors.ts'
import type { Log } from '../../hooks/host.ts'
import type { PluginInfo } from '../../protocol/model.ts'
import { adviceFor } from './load-failure.ts'
import { PluginGuard } from './plugin-guard.ts'

export interface PluginEntry extends Omit<PluginInfo, 'failures'> {
  /** Its folder, links resolved. */
  root: string
}

/** Failures that are remembered of a plugin, the last ones. */
const remembered = 5

/** What the daemon knows of each plugin: what it adds, why it was not loaded, what failed since. */
export class PluginBook {
  readonly #log: Log
  readonly #entries: PluginEntry[] = []
  readonly #guards = new Map<string, PluginGuard>()
  readonly #failures = new Map<string, PluginInfo['failures']>()

  constructor(log: Log) {
    this.#log = log
  }

  add(entry: PluginEntry): void {
    this.#entries.push(entry)
  }

  /** All that were found, in the order of their names. */
  list(): PluginInfo[] {
    return this.#entries
      .map(({ root: _root, ...info }) => ({ ...info, failures: info.status === 'ok' ? this.failuresOf(info.name) : [] }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }

  failuresOf(plugin: string): PluginInfo['failures'] {
    return [...(this.#failures.get(plugin) ?? [])]
  }

  /** What calls the code of that plugin. */
  guardOf(plugin: string, origin: PluginInfo['origin'] = 'installed'): PluginGuard {
    const known = this.#guards.get(plugin)
    if (known) return known
    const guard = new PluginGuard(plugin, adviceFor({ name: plugin, origin }), (error) => this.#failed(plugin, error))
    this.#guards.set(plugin, guard)
    return guard
  }

  /** The plugin whose folder is named in a stack. */
  ownerOf(stack: string): string | undefined {
    const owners = this.#entries.filter(
      ({ root }) => root !== '' && [root, pathToFileURL(root).href].some((folder) => stack.includes(`${folder}/`)),
    )
    return owners.sort((a, b) => b.root.length - a.root.length)[0]?.name
  }

  /** Logs a failure and keeps it for `doctor`. The same failure again takes the place of the earlier one. */
  #failed(plugin: string, error: BangerError): void {
    this.#log.error({ plugin, code: error.code, err: error.cause ?? error }, error.message)
    const others = this.failuresOf(plugin).filter(({ message }) => message !== error.message)
    this.#failures.set(plugin, [...others, { at: Date.now(), ...error.toJSON() }].slice(-remembered))
  }
}
