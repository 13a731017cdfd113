import { BangerError, fail, isError } from '../errors.ts'
import type { Paths } from '../store/paths.ts'
import { DaemonClient } from './daemon-client.ts'
import { lastLogLine, prepareLog } from './log-tail.ts'

export interface StartOptions {
  paths: Paths
  /** Absolute path of bangerd. */
  program: string
  /** Milliseconds to wait for its first answer. */
  timeout?: number
}

const pollEvery = 20

/**
 * Starts bangerd, detached, and waits until it answers. Two callers at once are fine: the daemon that loses the race
 * ends with daemon.already-running, and both callers find the winner.
 * @throws daemon.start-failed with what bangerd said last, state.unwritable
 */
export async function startDaemon({ paths, program, timeout = 60_000 }: StartOptions): Promise<void> {
  await makeStateFolder(paths.state)
  const since = await prepareLog(paths.daemonLog)
  const exit = await launch(program, paths)
  const client = new DaemonClient({ socket: paths.socket, log: paths.daemonLog })
  const deadline = Date.now() + timeout
  while (Date.now() < deadline) {
    if (await answers(client)) return
    if (exit.happened) {
      const said = await lastLogLine(paths.daemonLog, since)
      if (said?.code !== 'daemon.already-running') {
        // The other daemon may have begun to answer in the meantime.
        if (await answers(client)) return
        throw startFailed(paths, said?.message ?? exit.text, said?.hint)
      }
    }
    await sleep(pollEvery)
  }
  throw startFailed(paths, `it did not answer within ${timeout / 1000} s`)
}

/**
 * Absolute path of bangerd: `BANGER_DAEMON`, which the CLI's entry sets unless the user did.
 * @throws daemon.start-failed
 */
export function daemonProgram(env: NodeJS.ProcessEnv, paths: Paths): string {
  if (env.BANGER_DAEMON) return env.BANGER_DAEMON
  throw startFailed(paths, 'BANGER_DAEMON does not say where bangerd is')
}

async function launch(program: string, paths: Paths): Promise<{ happened: boolean; text: string }> {
  const { detach } = await import('../host/detach.ts')
  // A script file is run by the very Node that runs this CLI, which is known to be new enough.
  const command = /\.[cm]?[jt]s$/.test(program) ? { program: process.execPath, args: [program] } : { program, args: [] }
  const exit = { happened: false, text: '' }
  // A daemon that loses a race for the store must not take it over later, when nobody waits for it any more.
  const env = { BANGER_STARTED_BY: String(process.pid) }
  const daemon = await detach(command.program, command.args, { cwd: paths.state, logFile: paths.daemonLog, env }).catch(
    (error: unknown) => {
      throw startFailed(paths, isError(error, 'tool.missing') ? `there is no program ${program}` : String(error))
    },
  )
  void daemon.exited.then(({ code, signal }) => {
    exit.text = signal ? `it was ended by ${signal}` : `it ended at once with status ${code}`
    exit.happened = true
  })
  return exit
}

async function makeStateFolder(folder: string): Promise<void> {
  const { access, constants, mkdir } = await import('node:fs/promises')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw fail('state.unwritable', { folder, reason, variable: 'XDG_STATE_HOME' }, error)
  }
}

async function answers(client: DaemonClient): Promise<boolean> {
  return client.info().then(
    () => true,
    () => false,
  )
}

function startFailed(paths: Paths, reason: string, hint?: string): BangerError {
  const error = fail('daemon.start-failed', { reason, log: paths.daemonLog })
  return hint ? new BangerError({ ...error.toJSON(), status: error.status, hint: `${hint} ${error.hint ?? ''}`.trim() }) : error
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
