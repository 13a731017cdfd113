import type { FastifyInstance } from 'fastify'

/** For plugins that add routes or background work to the daemon. */
export interface DaemonContext {
  /** Routes go below `/v1/plugins/<plugin name>/`. */
  server: FastifyInstance
  /** Runs when the daemon stops. */
  onStop(run: () => Promise<void> | void): void
}
