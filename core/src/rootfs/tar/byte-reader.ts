import { InvalidImage } from '../invalid-image.ts'

const empty = Buffer.alloc(0)

/** Reads a byte stream by amounts, however it is split into chunks. Memory: one chunk, and what a caller asks for at once. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #chunk: Buffer = empty
  #ended = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** The next `size` bytes when they are here already: the way without a promise. */
  readNow(size: number): Buffer | undefined {
    if (this.#chunk.length < size) return undefined
    const bytes = this.#chunk.subarray(0, size)
    this.#chunk = this.#chunk.subarray(size)
    return bytes
  }

  /** @returns fewer than `size` bytes only at the end of the stream */
  async read(size: number): Promise<Buffer> {
    const now = this.readNow(size)
    if (now) return now
    const pieces = [this.#chunk]
    let have = this.#chunk.length
    this.#chunk = empty
    while (have < size && (await this.#fill())) {
      const piece = this.#chunk.subarray(0, size - have)
      this.#chunk = this.#chunk.subarray(piece.length)
      pieces.push(piece)
      have += piece.length
    }
    return Buffer.concat(pieces, have)
  }

  /**
   * Hands the next `size` bytes to `sink`, piece by piece; a promise it returns is waited for.
   * @param what the name to blame when the stream ends early
   * @throws InvalidImage when the stream ends early
   */
  async copy(size: number, sink: (piece: Buffer) => void | Promise<void>, what: string): Promise<void> {
    let left = size
    while (left > 0) {
      if (this.#chunk.length === 0 && !(await this.#fill())) throw new InvalidImage(`the tar ends in the middle of ${what}`)
      const piece = this.#chunk.subarray(0, left)
      this.#chunk = this.#chunk.subarray(piece.length)
      left -= piece.length
      const wait = sink(piece)
      if (wait) await wait
    }
  }

  /** Reads to the end and throws it away, so that a program writing it is not stopped by a broken pipe. */
  async drain(): Promise<void> {
    this.#chunk = empty
    while (await this.#fill()) this.#chunk = empty
  }

  async #fill(): Promise<boolean> {
    while (!this.#ended) {
      const { done, value } = await this.#source.next()
      if (done) this.#ended = true
      else if (value.length > 0) {
        this.#chunk = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
        return true
      }
    }
    return false
  }
}
