import type { FastifyInstance } from 'fastify'
import type { BangerError } from '../../errors.ts'
import type { Engine } from '../../lifecycle/engine.ts'
import type { DaemonInfo, RestartAnswer } from '../../protocol/model.ts'
import { runDoctor } from '../doctor/run-doctor.ts'
import type { InFlight } from '../in-flight.ts'
import type { PluginBook } from '../plugins/plugin-book.ts'

/** What the daemon is and how it fares. `stop` ends it after the answer, `restart` once nothing is in flight. */
export function daemonRoutes(
  server: FastifyInstance,
  engine: Engine,
  daemon: {
    version: string
    startedAt: number
    dataDir: string
    plugins: PluginBook
    /** What is wrong with the list of plugins. */
    problems: BangerError[]
    stop: () => void
    restart: () => void
    inFlight: InFlight
  },
): void {
  let restarting = false
  // Set on the raw answer, since operations write theirs past fastify.
  server.addHook('onRequest', (_request, reply, done) => {
    reply.raw.setHeader('banger-version', daemon.version)
    done()
  })
  server.get('/v1/info', (): DaemonInfo => {
    const vms = engine.store.vms.all()
    const { config, state, cache } = engine.paths
    return {
      version: daemon.version,
      pid: process.pid,
      startedAt: daemon.startedAt,
      socket: engine.paths.socket,
      log: engine.paths.daemonLog,
      dirs: { config, state, cache, data: daemon.dataDir },
      plugins: daemon.plugins.list(),
      ...(restarting ? { restartsAfter: daemon.inFlight.list() } : {}),
      vms: { running: vms.filter((vm) => vm.state === 'running').length, total: vms.length },
    }
  })
  server.get('/v1/doctor', () => runDoctor(engine, daemon.plugins.list(), daemon.problems))
  server.post('/v1/daemon/restart', (_request, reply): RestartAnswer => {
    restarting = true
    reply.raw.once('close', () => daemon.inFlight.whenIdle(daemon.restart))
    return { pid: process.pid, waitsFor: daemon.inFlight.list() }
  })
  server.post('/v1/daemon/stop', (_request, reply) => {
    reply.raw.once('finish', daemon.stop)
    return {}
  })
}
