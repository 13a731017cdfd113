import { fail } from '../errors.ts'

interface Holder {
  verb: string
  abort: AbortController
  done: Promise<void>
}

/** One verb at a time for each VM (image, kernel); verbs of different ones run side by side. */
export class Locks {
  readonly #holders = new Map<string, Holder>()
  /** How long a verb waits for the one before it, in milliseconds. */
  readonly patience: number

  constructor(patience = 60_000) {
    this.patience = patience
  }

  /** The verb under way, if any. */
  verb(key: string): string | undefined {
    return this.#holders.get(key)?.verb
  }

  /**
   * Waits for the key and runs `work` while it holds it.
   * @param options.patience milliseconds to wait instead of the usual ones
   * @param options.interrupt abort the verb under way instead of waiting for its end (kill, delete by force)
   * @throws vm.busy when the verb before is not done within the patience
   */
  async hold<T>(
    key: string,
    name: string,
    verb: string,
    work: (signal: AbortSignal) => Promise<T>,
    options: { interrupt?: boolean; patience?: number } = {},
  ): Promise<T> {
    const deadline = Date.now() + (options.patience ?? this.patience)
    for (let holder = this.#holders.get(key); holder; holder = this.#holders.get(key)) {
      if (options.interrupt) holder.abort.abort(fail('aborted', { what: `${holder.verb} of ${name}` }))
      if (!(await settledBefore(holder.done, deadline))) throw fail('vm.busy', { name, verb: holder.verb })
    }
    const abort = new AbortController()
    const running = work(abort.signal)
    const done = running.then(
      () => undefined,
      () => undefined,
    )
    this.#holders.set(key, { verb, abort, done })
    try {
      return await running
    } finally {
      this.#holders.delete(key)
    }
  }
}

async function settledBefore(done: Promise<void>, deadline: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, deadline - Date.now()))
  })
  const settled = await Promise.race([done.then(() => true as const), late])
  clearTimeout(timer)
  return settled
}
