import { detach } from '../host/detach.ts'
import type { Paths } from '../store/paths.ts'

/** Starts the daemon anew, just as this one was started. The caller has let go of the socket and the store, and ends. */
export async function startSuccessor(paths: Paths): Promise<void> {
  // A daemon ends when the command that it was started by is gone before it serves; nobody in particular waits for this one.
  delete process.env.BANGER_STARTED_BY
  const [, script = '', ...args] = process.argv
  await detach(process.execPath, [...process.execArgv, script, ...args], { cwd: paths.state, logFile: paths.daemonLog })
}
