import { type BangerError, fail, isError, toBangerError } from '../../errors.ts'
import { runAs } from './running-plugin.ts'

export interface CallOptions {
  /** Milliseconds; none unless told. */
  limit?: number
  /** Whether errors of the catalogue are the plugin's answer and no failure of it: `There is no image x`. */
  answers?: boolean
}

/** Calls one plugin's code: in its name, for so long, and so that what goes wrong names it, in the log and in `doctor`, too. */
export class PluginGuard {
  readonly plugin: string
  readonly #onFailure: (error: BangerError) => void
  readonly #advice: string

  /**
   * @param advice what to do when it fails
   * @param onFailure told of each failure
   */
  constructor(plugin: string, advice: string, onFailure: (error: BangerError) => void) {
    this.plugin = plugin
    this.#onFailure = onFailure
    this.#advice = advice
  }

  /**
   * @param task completes "while it …"
   * @returns what the code returns; a promise that rejects with a named error for one that rejects or takes too long
   * @throws plugin.failed, plugin.hung, and with `answers` any error of the catalogue
   */
  call<T>(task: string, code: () => T, options: CallOptions = {}): T {
    try {
      const value = runAs(this.plugin, code)
      return isPromise(value) ? (this.#settle(task, value, options) as T) : value
    } catch (error) {
      throw this.named(task, error, options)
    }
  }

  async #settle<T>(task: string, promise: PromiseLike<T>, options: CallOptions): Promise<T> {
    try {
      return await within(promise, options.limit, () => this.hung(task, options.limit ?? 0))
    } catch (error) {
      throw this.named(task, error, options)
    }
  }

  /** @param limit milliseconds */
  hung(task: string, limit: number): BangerError {
    return fail('plugin.hung', { plugin: this.plugin, task, seconds: limit / 1000, advice: this.#advice })
  }

  /** What is thrown in place of an error that the plugin threw. */
  named(task: string, error: unknown, { answers }: Pick<CallOptions, 'answers'> = {}): unknown {
    const known = toBangerError(error)
    if (answers && !['internal', 'plugin.hung'].includes(known.code)) return error
    return this.report(task, error)
  }

  /** Puts down that the plugin failed, and why. @returns plugin.failed, plugin.hung */
  report(task: string, error: unknown): BangerError {
    const named = isError(error, 'plugin.hung') ? toBangerError(error) : this.#failure(task, error)
    this.#onFailure(named)
    return named
  }

  #failure(task: string, error: unknown): BangerError {
    const known = toBangerError(error)
    const reason = known.code !== 'internal' ? known.message : error instanceof Error ? error.message : String(error)
    const advice = (known.code !== 'internal' && known.hint) || this.#advice
    return fail('plugin.failed', { plugin: this.plugin, task, reason, advice }, error)
  }
}

/**
 * @param limit milliseconds; none when undefined
 * @throws what `late` makes, when the promise is not settled by then. It goes on unheard.
 */
export async function within<T>(promise: PromiseLike<T>, limit: number | undefined, late: () => Error): Promise<T> {
  if (limit === undefined) return promise
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limit)
  })
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
