import { type FSWatcher, watch } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readTail } from '@banger/core'
import { halt } from './exit.ts'

/** Milliseconds between two looks at a console of whose changes nobody told. */
const pollInterval = 5000

/** Milliseconds that the kernel's last word must have been the last. */
const settling = 200

/**
 * Waits until the console says that the guest has halted, which is all that a guest on x86 can do to power off: Firecracker does not
 * notice and runs on (its FAQ, "How can I gracefully poweroff the guest?").
 * @param from byte of the log to begin at
 * @returns false when `signal` aborts first
 */
export async function awaitHalt(log: string, from: number, signal: AbortSignal): Promise<boolean> {
  const hasHalted = async (): Promise<boolean> => halt.test(await readTail(log, { from, limit: 512 }))
  while (!signal.aborted) {
    const changed = nextChange(log, signal)
    if ((await hasHalted()) && (await sleep(settling, true, { signal, ref: false }).catch(() => false)) && (await hasHalted()))
      return true
    await changed
  }
  return false
}

/** Resolves when the file has changed or was not watched for a while, and when the signal aborts. */
function nextChange(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let watcher: FSWatcher | undefined
    const done = (): void => {
      clearTimeout(timer)
      watcher?.close()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, pollInterval).unref()
    signal.addEventListener('abort', done)
    try {
      watcher = watch(path, { persistent: false }, done).on('error', () => {})
    } catch {
      // Without the kernel's word there is the clock.
    }
  })
}
