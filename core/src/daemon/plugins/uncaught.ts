import type { Log } from '../../hooks/host.ts'
import type { PluginBook } from './plugin-book.ts'
import { runningPlugin } from './running-plugin.ts'

/**
 * Outlives what nobody catches. What a plugin threw late (in a timer, in a promise that nobody awaits, on a socket) is put down as
 * that plugin's failure. A rejection of unknown origin interrupts nothing that others rely on: it is logged. After an exception of
 * unknown origin nothing is sure any more: the daemon stops in order, VMs run on, and the next command starts another one.
 * @param stop stops the daemon in order, with what was thrown
 */
export function outliveUncaught(book: PluginBook, log: Log, stop: (error: unknown) => void): void {
  process.on('uncaughtException', (error) => {
    if (blame(book, error)) return
    log.error({ err: error }, 'an exception that nobody caught: the daemon stops, VMs keep running')
    stop(error)
  })
  process.on('unhandledRejection', (reason) => {
    if (!blame(book, reason)) log.error({ err: reason }, 'a rejection that nobody handled')
  })
}

/** @returns whether a plugin is known to be its origin */
function blame(book: PluginBook, error: unknown): boolean {
  const plugin = (error instanceof Error && book.ownerOf(error.stack ?? '')) || runningPlugin()
  if (!plugin) return false
  book.guardOf(plugin).report('ran in the background', error)
  return true
}
