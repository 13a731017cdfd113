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
    if (Date.now() > deadline) throw fail('internal', { reason: `the daemon (pid ${pid}) did not end within ${patience / 1000} s` })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
