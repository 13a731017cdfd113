import { chmodSync, rmSync } from 'node:fs'
import Fastify, { type FastifyInstance } from 'fastify'
import { toBangerError } from '../errors.ts'
import type { Log } from '../hooks/host.ts'

/** The HTTP server without its routes: JSON errors of the catalogue, structured log. */
export function createServer(log: Log): FastifyInstance {
  const server = Fastify({ forceCloseConnections: true, bodyLimit: 8 * 1024 * 1024, exposeHeadRoutes: false })
  server.addHook('onRequest', (request, _reply, done) => {
    log.debug({ method: request.method, url: request.url }, 'a request')
    done()
  })
  server.setErrorHandler((error, request, reply) => {
    const known = toBangerError(error)
    const status = known.code === 'internal' && isClientError(error) ? error.statusCode : known.status
    if (status >= 500) log.error({ err: error, method: request.method, url: request.url }, 'a request failed')
    return reply.status(status).type('application/json').send(known.toJSON())
  })
  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ code: 'usage', message: `The daemon knows no ${request.method} ${request.url}.` }),
  )
  return server
}

/** Listens on a unix socket that only this user can use; a stale socket file is replaced. The caller holds the store's lock. */
export async function listen(server: FastifyInstance, socket: string): Promise<void> {
  rmSync(socket, { force: true })
  const before = process.umask(0o177)
  try {
    await server.listen({ path: socket })
  } finally {
    process.umask(before)
  }
  chmodSync(socket, 0o600)
}

function isClientError(error: unknown): error is { statusCode: number } {
  return typeof error === 'object' && error !== null && 'statusCode' in error && Number(error.statusCode) < 500
}
