import type { FastifyInstance } from 'fastify'
import type { DaemonContext, PluginRequest } from '../../hooks/daemon.ts'

/** Lets a plugin add routes to the daemon, all of them below its own name. */
export function pluginRoutes(server: FastifyInstance, plugin: string): DaemonContext['route'] {
  return ({ method, path, handle }) => {
    if (!path.startsWith('/')) throw new Error(`the path of its route, ${path}, does not begin with /`)
    server.route({
      method,
      url: `/v1/plugins/${plugin}${path}`,
      handler: async ({ params, query, body }) => (await handle({ params, query, body } as PluginRequest)) ?? {},
    })
  }
}
