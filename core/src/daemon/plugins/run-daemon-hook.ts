import type { FastifyInstance } from 'fastify'
import { callTap } from '../../hooks/call-tap.ts'
import type { BangerHooks } from '../../hooks/index.ts'
import { pluginRoutes } from '../routes/plugins.ts'
import type { PluginBook } from './plugin-book.ts'
import { runAs } from './running-plugin.ts'

/**
 * Lets plugins add routes, below `/v1/plugins/<plugin name>/`, and background work.
 * @param onStop called with what is to run when the daemon stops
 */
export async function runDaemonHook(
  server: FastifyInstance,
  hooks: Pick<BangerHooks, 'daemon'>,
  book: PluginBook,
  onStop: (run: () => Promise<void>) => void,
): Promise<void> {
  for (const tap of hooks.daemon.taps) {
    const guard = book.guardOf(tap.name)
    await server.register(async (scope) => {
      scope.addHook('onRequest', (_request, _reply, done) => runAs(tap.name, done))
      scope.setErrorHandler((error, request) => {
        throw isClientError(error) ? error : guard.named(`answered ${request.method} ${request.url}`, error, { answers: true })
      })
      const stopping = (run: () => Promise<void> | void) => onStop(async () => guard.call('stopped (hook daemon)', run))
      // A failure is put down by the guard.
      await callTap(tap, { route: pluginRoutes(scope, tap.name), onStop: stopping }).catch(() => undefined)
    })
  }
}

function isClientError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'statusCode' in error && Number(error.statusCode) < 500
}
