import { fail } from '../errors.ts'
import type { FoundImage } from './resolve-image.ts'

/**
 * Keeps a prune of the cache from taking away what a pull counts on. While an image is looked up nothing is pruned, since nobody knows yet what
 * it needs; from then on the prune knows the files, and leaves them until the pull has ended.
 */
export class CacheGate {
  readonly #lookups = new Set<Promise<unknown>>()
  readonly #pulls = new Set<readonly string[]>()
  /** How long a prune waits for lookups, in milliseconds: a registry may be slow to answer. */
  readonly patience: number
  #prune: Promise<unknown> | undefined

  constructor(patience = 60_000) {
    this.patience = patience
  }

  /**
   * One pull.
   * @param find looks the image up
   * @param use does the rest; the image's cached files stay meanwhile
   */
  async pull<T>(find: () => Promise<FoundImage>, use: (found: FoundImage) => Promise<T>): Promise<T> {
    while (this.#prune) await this.#prune
    let files: readonly string[] = []
    const lookup = find().then((found) => {
      files = [...(found.cached ?? [])]
      this.#pulls.add(files)
      return found
    })
    this.#lookups.add(lookup)
    try {
      const found = await lookup.finally(() => this.#lookups.delete(lookup))
      return await use(found)
    } finally {
      this.#pulls.delete(files)
    }
  }

  /**
   * One prune, alone; lookups wait for it.
   * @param work gets the files that pulls under way need, and may remove all others
   * @throws vm.busy when a lookup is not done within the patience
   */
  async prune<T>(work: (needed: readonly string[]) => Promise<T>): Promise<T> {
    while (this.#prune) await this.#prune
    const running = this.#afterLookups().then(() => work([...this.#pulls].flat()))
    this.#prune = running.catch(() => undefined)
    try {
      return await running
    } finally {
      this.#prune = undefined
    }
  }

  async #afterLookups(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(fail('vm.busy', { name: 'image cache', verb: 'looking up an image' })), this.patience)
    })
    const done = Promise.allSettled(this.#lookups)
    await Promise.race([done, late]).finally(() => clearTimeout(timer))
  }
}
