import { decodeEntry, type WorktreeEntry } from './worktree-entry.ts'

/** Bytes of a head at most: paths have 4,096. */
const headLimit = 64 * 1024

const empty: Buffer = Buffer.alloc(0)

/** Reads entries, and what follows them, from a stream of bytes. Memory: one chunk of it. */
export class WorktreeReader {
  readonly #source: AsyncIterator<Buffer>
  #chunk = empty

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /**
   * The next entry, or undefined after the last. The content of the one before must have been read.
   * @throws RangeError when the stream is none of entries
   */
  async next(): Promise<WorktreeEntry | undefined> {
    for (let from = 0; ; ) {
      const end = this.#chunk.indexOf(0, from)
      if (end >= 0) {
        const head = this.#chunk.toString('latin1', 0, end)
        this.#chunk = this.#chunk.subarray(end + 1)
        return decodeEntry(head)
      }
      from = this.#chunk.length
      if (from > headLimit) throw new RangeError('a head without an end')
      const more = await this.#pull()
      if (!more && from === 0) return undefined
      if (!more) throw new RangeError('the stream ends in the middle of a head')
      this.#chunk = from === 0 ? more : Buffer.concat([this.#chunk, more])
    }
  }

  /** @throws RangeError when the stream ends early */
  async *content(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#chunk.length === 0) {
        const more = await this.#pull()
        if (!more) throw new RangeError('the stream ends in the middle of a file')
        this.#chunk = more
      }
      const piece = this.#chunk.subarray(0, left)
      this.#chunk = this.#chunk.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  async #pull(): Promise<Buffer | undefined> {
    const { done, value } = await this.#source.next()
    return done ? undefined : value
  }
}
