import { readFileSync } from 'node:fs'
import { fail, isError } from '../errors.ts'
import { connect } from './connect.ts'

/**
 * Asks the daemon to end and waits until its process is gone.
 * @param patience milliseconds
 * @returns false when none was running
 */
export async function stopDaemon(patience = 15_000): Promise<boolean> {
  const client = connect({ start: false })
  try {
    const { pid } = await client.info()
    await client.stopDaemon()
    await gone(pid, patience)
    return true
  } catch (error) {
    if (isError(error, 'daemon.not-running')) return false
    throw error
  }
}

async function gone(pid: number, patience: number): Promise<void> {
  for (const deadline = Date.now() + patience; isAlive(pid); ) {
    if (Date.now() > deadline)
      throw fail('internal', { reason: `the daemon (pid ${pid}) did not end within ${patience / 1000} s` })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Not when it only waits for its parent to take note, which in a container may never happen (proc_pid_stat(5), field 3). */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat[stat.lastIndexOf(')') + 2] !== 'Z'
  } catch {
    return false
  }
}
