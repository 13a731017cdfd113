import { type Paths, resolvePaths } from '../store/paths.ts'
import { DaemonClient } from './daemon-client.ts'

export interface ConnectOptions {
  paths?: Paths
  /** Whether a daemon that is not there is started. Default true. */
  start?: boolean
  /** Called with the daemon's version at each answer. */
  onVersion?: (version: string) => void
}

/**
 * A client of this user's daemon. Nothing is sent yet; the first request starts the daemon when it does not run,
 * so that a daemon that runs costs no extra round trip.
 */
export function connect(options: ConnectOptions = {}): DaemonClient {
  const paths = options.paths ?? resolvePaths(process.env)
  return new DaemonClient({
    socket: paths.socket,
    log: paths.daemonLog,
    ...(options.start === false ? {} : { start: () => start(paths) }),
    ...(options.onVersion ? { onVersion: options.onVersion } : {}),
  })
}

async function start(paths: Paths): Promise<void> {
  const { daemonProgram, startDaemon } = await import('./start-daemon.ts')
  await startDaemon({ paths, program: daemonProgram(process.env, paths) })
}
