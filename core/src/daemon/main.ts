import { request } from 'node:http'
import { mkdir } from 'node:fs/promises'
import { loadConfig } from '../config/load-config.ts'
import { pluginLimits } from '../config/plugin-limits.ts'
import { ensureSshKey } from '../config/ssh-key.ts'
import { fail, isError, toBangerError } from '../errors.ts'
import { createHooks } from '../hooks/index.ts'
import { createHost } from '../host/index.ts'
import { CacheGate } from '../lifecycle/cache-gate.ts'
import { Activity } from '../lifecycle/activity.ts'
import type { Engine } from '../lifecycle/engine.ts'
import { Locks } from '../lifecycle/locks.ts'
import { reconcile } from '../lifecycle/reconcile.ts'
import { type Paths, resolvePaths } from '../store/paths.ts'
import { openStore, type Store } from '../store/store.ts'
import { startBackground } from './background/background.ts'
import { InFlight, watchServer } from './in-flight.ts'
import { createLog } from './log.ts'
import { loadPlugins } from './plugins/load-plugins.ts'
import { PluginBook } from './plugins/plugin-book.ts'
import { refuseExit } from './plugins/refuse-exit.ts'
import { runDaemonHook } from './plugins/run-daemon-hook.ts'
import { outliveUncaught } from './plugins/uncaught.ts'
import { createRegistries } from './registries.ts'
import { daemonRoutes } from './routes/daemon.ts'
import { fileRoutes } from './routes/files.ts'
import { guestRoutes } from './routes/guest.ts'
import { imageRoutes } from './routes/images.ts'
import { kernelRoutes } from './routes/kernels.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { upgradeRoutes } from './routes/upgrades.ts'
import { vmRoutes } from './routes/vms.ts'
import { workspaceRoutes } from './routes/workspaces.ts'
import { createServer, listen } from './server.ts'
import { startSuccessor } from './start-successor.ts'
import { rebuildSockets, sessionSockets } from './session-sockets.ts'

export interface DaemonOptions {
  /** Folder of the package.json that lists the in-tree plugins. */
  root: string
  version: string
  /** Absolute path of the guest agent's binary. */
  agentBinary: string
}

/** Runs the daemon until it is told to stop. A failure to start is the log's last line, with code, message and hint. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const log = createLog('info')
  // Until the server listens, whatever is awaited may wait on timers that do not keep a process alive.
  const alive = setInterval(() => undefined, 60_000)
  const plugins = new PluginBook(log)
  let stop = (error: unknown): void => {
    log.error({ err: error, error: toBangerError(error).toJSON() }, 'the daemon could not start')
    process.exit(1)
  }
  refuseExit()
  outliveUncaught(plugins, log, (error) => stop(error))
  try {
    const shutDown = await serve(options, log, plugins)
    clearInterval(alive)
    stop = () => shutDown(1)
  } catch (error) {
    stop(error)
  }
}

/** @returns what stops it again, with an exit code */
async function serve(
  options: DaemonOptions,
  log: ReturnType<typeof createLog>,
  plugins: PluginBook,
): Promise<(code: number) => void> {
  const startedAt = Date.now()
  const paths = resolvePaths(process.env)
  await mkdir(paths.state, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw fail('state.unwritable', { folder: paths.state, reason: error.message, variable: 'XDG_STATE_HOME' }, error)
  })
  const store = await takeStore(paths)
  const config = await loadConfig(paths.configFile)
  log.level = config.log_level
  const sshKey = await ensureSshKey({
    ...(config.ssh_key_path ? { configured: config.ssh_key_path } : {}),
    own: paths.sshKey,
    configFile: paths.configFile,
  })
  const hooks = createHooks()
  const host = createHost(paths, log, (plugin) => config.plugins[plugin] ?? {})
  const registries = createRegistries()
  const { root, version } = options
  const limits = pluginLimits(config.plugin_timeout)
  const problems = await loadPlugins({ root, version, hooks, registries, host, limits, book: plugins })
  const engine: Engine = {
    config,
    paths,
    host,
    store,
    hooks,
    ...registries,
    locks: new Locks(),
    cacheGate: new CacheGate(),
    activity: new Activity(),
    usage: new Map(),
    live: new Map(),
    sshKey,
    agentBinary: options.agentBinary,
  }
  await reconcile(engine)

  const server = createServer(log)
  const inFlight = new InFlight()
  watchServer(server.server, inFlight)
  const stopping: (() => Promise<void> | void)[] = []
  const close = () => server.close()
  const stop = (code = 0): void => void shutDown(log, stopping, close, store, code)
  const restart = (): void => void shutDown(log, stopping, close, store, 0, () => startSuccessor(paths))
  daemonRoutes(server, engine, { version, startedAt, dataDir: paths.data, plugins, problems, stop, restart, inFlight })
  vmRoutes(server, engine)
  guestRoutes(server, engine)
  fileRoutes(server, engine)
  workspaceRoutes(server, engine)
  imageRoutes(server, engine)
  kernelRoutes(server, engine)
  upgradeRoutes(server, engine)
  const sockets = sessionSockets(engine, paths.sessions)
  sessionRoutes(server, engine, sockets)
  await runDaemonHook(server, hooks, plugins, (run) => void stopping.push(run))
  await listen(server, paths.socket)
  process.once('SIGTERM', () => stop())
  process.once('SIGINT', () => stop())
  log.info({ pid: process.pid, version, milliseconds: Date.now() - startedAt }, 'the daemon serves')
  rebuildSockets(engine, sockets)
  stopping.push(startBackground(engine))
  return stop
}

/** The store's lock says who is the daemon. One that is just stopping gets a moment to let go. */
async function takeStore(paths: Paths): Promise<Store> {
  for (let attempt = 0; ; attempt++) {
    if (nobodyWaits(process.env.BANGER_STARTED_BY)) process.exit(0)
    try {
      return openStore(paths.store)
    } catch (error) {
      if (!isError(error, 'daemon.already-running')) throw error
      const pid = await servingPid(paths.socket)
      if (pid || attempt >= 20) throw fail('daemon.already-running', { pid: pid ?? 'unknown', folder: paths.state }, error)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Whether the command that started this daemon has ended: another daemon served it, and it may have been stopped since. */
function nobodyWaits(startedBy: string | undefined): boolean {
  if (!startedBy) return false
  try {
    process.kill(Number(startedBy), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function servingPid(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asking = request({ socketPath, path: '/v1/info', timeout: 2000 }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(Number((JSON.parse(text) as { pid: number }).pid)))
    })
    asking.on('error', () => resolve(undefined))
    asking.on('timeout', () => asking.destroy())
    asking.end()
  })
}

/** VMs keep running. `after`: what is done last, when socket and store are free. */
async function shutDown(
  log: ReturnType<typeof createLog>,
  stopping: (() => Promise<void> | void)[],
  close: () => Promise<void>,
  store: Store,
  code: number,
  after: () => Promise<void> = async () => undefined,
): Promise<void> {
  log.info({}, 'the daemon stops; VMs keep running')
  const report = (message: string) => (error: unknown) => log.error({ err: error }, message)
  const orderly = async (): Promise<void> => {
    for (const run of stopping.splice(0)) await Promise.resolve(run()).catch(report('a plugin failed while stopping'))
    await close().catch(report('the server did not close'))
  }
  await Promise.race([orderly(), new Promise((resolve) => setTimeout(resolve, 5000).unref())])
  store.close()
  await after().catch(report('the daemon could not start anew'))
  process.exit(code)
}
