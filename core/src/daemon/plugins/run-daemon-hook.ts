import type { FastifyInstance } from 'fastify'
import { callTap } from '../../hooks/call-tap.ts'
import type { BangerHooks } from '../../hooks/index.ts'
import type { PluginBook } from './plugin-book.ts'
import { runAs } from './running-plugin.ts'

/**
 * Lets plugins add routes and background work. Each has a part of the server for itself: what it hooks into there is about its
 * own routes, and these lie below `/v1/plugins/<plugin name>/`.
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
      const prefix = `/v1/plugins/${tap.name}/`
      scope.addHook('onRoute', ({ url }) => {
        if (!url.startsWith(prefix)) throw new Error(`its route ${url} does not begin with ${prefix}`)
      })
      scope.addHook('onRequest', (_request, _reply, done) => runAs(tap.name, done))
      scope.setErrorHandler((error, request) => {
        throw isClientError(error) ? error : guard.named(`answered ${request.method} ${request.url}`, error, { answers: true })
      })
      const stopping = (run: () => Promise<void> | void) => onStop(async () => guard.call('stopped (hook daemon)', run))
      // A failure is put down by the guard.
      await callTap(tap, { server: scope, onStop: stopping }).catch(() => undefined)
    })
  }
}

function isClientError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'statusCode' in error && Number(error.statusCode) < 500
}
