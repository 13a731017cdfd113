import { AsyncLocalStorage } from 'node:async_hooks'

const running = new AsyncLocalStorage<string>()

/**
 * Calls a plugin's code in its name, which everything that comes of the call carries on: timers, promises, sockets, child
 * processes.
 */
export function runAs<T>(plugin: string, code: () => T): T {
  return running.run(plugin, code)
}

/** The name of the plugin whose code runs, or set off what runs. */
export function runningPlugin(): string | undefined {
  return running.getStore()
}
