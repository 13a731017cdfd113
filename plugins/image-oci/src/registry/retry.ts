import { setTimeout as sleep } from 'node:timers/promises'
import type { Limits } from './limits.ts'
import { Transient } from './request.ts'

/**
 * Tries again what failed with Transient, with growing pauses.
 * @param attempt told how often it was tried without progress; calls `progressed` to begin a new count
 */
export async function retry<T>(
  { attempts, backoff, longestWait }: Limits,
  signal: AbortSignal,
  attempt: (progressed: () => void) => Promise<T>,
): Promise<T> {
  let failures = 0
  for (;;) {
    try {
      return await attempt(() => (failures = 0))
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Transient) || ++failures >= attempts) throw error
      const pause = error.wait ?? backoff * 2 ** (failures - 1)
      await sleep(Math.min(pause, longestWait), undefined, { signal })
    }
  }
}
