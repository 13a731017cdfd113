import { isError } from '../errors.ts'
import { connect } from './connect.ts'

/** What came of asking the daemon to start anew. */
export interface Restart {
  /** Whether a new daemon serves, none was running, or the one there starts anew later by itself. */
  state: 'restarted' | 'not-running' | 'waiting'
  /** What it waits for, for people. */
  waitsFor: string[]
}

/** Milliseconds within which the new daemon is expected to serve. */
const expected = 10_000

/**
 * Has the daemon start anew, so that it takes up other plugins or settings; VMs keep running. Waits for the new one, unless the old
 * one is in the middle of something.
 * @throws daemon.start-failed when the new one does not serve
 */
export async function restartDaemon(): Promise<Restart> {
  const client = connect({ start: false })
  try {
    const { pid, waitsFor } = await client.restartDaemon()
    if (waitsFor.length > 0) return { state: 'waiting', waitsFor }
    for (const deadline = Date.now() + expected; Date.now() < deadline; await sleep(20)) {
      const now = await client.info().catch(() => undefined)
      if (now && now.pid !== pid) return { state: 'restarted', waitsFor: [] }
    }
    // It has failed, then: starting one from here says why.
    await connect().info()
    return { state: 'restarted', waitsFor: [] }
  } catch (error) {
    if (isError(error, 'daemon.not-running')) return { state: 'not-running', waitsFor: [] }
    throw error
  }
}

/** The same for people. */
export function describeRestart({ state, waitsFor }: Restart): string | undefined {
  if (state === 'not-running') return undefined
  if (state === 'restarted') return 'The daemon has started anew; VMs were not touched.'
  return `The daemon is busy (${waitsFor.join(', ')}) and starts anew by itself when that has ended. Until then it works with what it had.`
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
