/**
 * Runs something again and again, each time when the last has ended and the interval has passed. 0 runs nothing.
 * @param interval milliseconds
 * @param run must not reject
 * @returns ends it
 */
export function repeat(interval: number, run: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let ended = false
  const wait = (): void => {
    if (!ended) timer = setTimeout(() => void run().then(wait), interval).unref()
  }
  if (interval > 0) wait()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
