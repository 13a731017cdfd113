import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fail } from '@banger/core'

/**
 * Keeps other commands from changing the plugins at the same time, until it is disposed of or the process ends, however it does:
 * SQLite's lock is the kernel's (https://sqlite.org/lockingv3.html).
 * @throws plugin.busy, state.unwritable
 */
export function lockPlugins(data: string): Disposable {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
    const database = new DatabaseSync(join(data, 'plugins.lock'))
    try {
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      throw error
    }
    return { [Symbol.dispose]: () => database.close() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (/locked|busy/i.test(reason)) throw fail('plugin.busy', { folder: data }, error)
    throw fail('state.unwritable', { folder: data, reason, variable: 'XDG_DATA_HOME' }, error)
  }
}
