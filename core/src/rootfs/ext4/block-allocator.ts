import { InvalidImage } from '../invalid-image.ts'
import { descriptorBlocks, maxBlocks } from './format.ts'

/**
 * Gives out runs of blocks: first those that dropped files gave back, else the next ones that were never used. What it does
 * depends on the order of calls alone, so that the same input gives the same image.
 */
export class BlockAllocator {
  /** The first block that was never given out. */
  next = 1 + descriptorBlocks
  /** Runs given back, in order, never touching each other. */
  readonly free: { start: number; count: number }[] = []
  readonly #limit: number

  /** @param limit blocks of the filesystem at most */
  constructor(limit = maxBlocks) {
    this.#limit = Math.min(limit, maxBlocks)
  }

  /** @returns the first of `count` adjacent blocks */
  allocate(count: number): number {
    const index = this.free.findIndex((run) => run.count >= count)
    const run = this.free[index]
    if (run) {
      const start = run.start
      run.start += count
      run.count -= count
      if (run.count === 0) this.free.splice(index, 1)
      return start
    }
    const start = this.next
    if (start + count > this.#limit)
      throw new InvalidImage(`it holds more than the ${Math.floor(this.#limit / 262_144)} GiB that are allowed`)
    this.next += count
    return start
  }

  release(start: number, count: number): void {
    let index = this.free.findIndex((run) => run.start > start)
    if (index === -1) index = this.free.length
    this.free.splice(index, 0, { start, count })
    this.#join(index)
    this.#join(index - 1)
  }

  /** Makes one run of the runs `index` and `index + 1` where they touch. */
  #join(index: number): void {
    const [first, second] = [this.free[index], this.free[index + 1]]
    if (!first || !second || first.start + first.count !== second.start) return
    first.count += second.count
    this.free.splice(index + 1, 1)
  }
}
