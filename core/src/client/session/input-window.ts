import type { Attached } from '../../protocol/session.ts'
import { maxPayload } from '../../protocol/stdio-mux.ts'

/**
 * Input for a session: what has not arrived is kept, to be sent again after a broken connection, and no more is sent than
 * the session has room for. Places in it are counted in bytes since the session began.
 */
export class InputWindow {
  #chunks: Buffer[] = []
  /** Of the oldest byte that is kept. */
  #begin = 0
  /** Behind the newest one. */
  #end = 0
  /** Of the byte that is sent next. */
  #next = 0
  /** Behind the last byte there is room for. */
  #limit = 0
  #size = 0
  #ended = false
  #endSent = false
  #known = false

  /**
   * A connection stands: what is to be sent next is decided anew.
   * @returns false when what has arrived is not what was sent: somebody else sent something
   */
  connect({ stdin, stdinTaken, stdinEnded, stdinWindow }: Attached): boolean {
    if (!this.#known) {
      this.#begin = stdin
      this.#end += stdin
      this.#known = true
    }
    if (stdin < this.#begin || stdin > this.#end) return false
    this.#drop(stdin)
    this.#next = stdin
    this.#size = stdinWindow
    this.#limit = stdinTaken + stdinWindow
    this.#endSent = stdinEnded
    return true
  }

  /** More input, or its end. */
  add(bytes: Buffer | undefined): void {
    if (bytes === undefined) this.#ended = true
    else if (bytes.length > 0) {
      this.#chunks.push(bytes)
      this.#end += bytes.length
    }
  }

  /** The session has room again. */
  taken(offset: number): void {
    this.#limit = Math.max(this.#limit, offset + this.#size)
    this.#drop(Math.min(offset, this.#next))
  }

  /** What to send now: bytes, or an empty payload for the end of input, or undefined. */
  shift(): Buffer | undefined {
    const room = Math.min(this.#limit, this.#end) - this.#next
    if (room > 0) {
      const bytes = this.#at(this.#next).subarray(0, Math.min(room, maxPayload))
      this.#next += bytes.length
      return bytes
    }
    if (!this.#ended || this.#endSent || this.#next < this.#end) return undefined
    this.#endSent = true
    return Buffer.alloc(0)
  }

  /** Whether so much is kept that no more should be read for now. */
  get full(): boolean {
    return this.#end - this.#begin >= maxPayload
  }

  /** The rest of the chunk that holds the byte at an offset. */
  #at(offset: number): Buffer {
    let begin = this.#begin
    for (const chunk of this.#chunks) {
      if (offset < begin + chunk.length) return chunk.subarray(offset - begin)
      begin += chunk.length
    }
    return Buffer.alloc(0)
  }

  #drop(upTo: number): void {
    for (let first = this.#chunks[0]; first && this.#begin < upTo; first = this.#chunks[0]) {
      const gone = Math.min(first.length, upTo - this.#begin)
      this.#begin += gone
      if (gone < first.length) this.#chunks[0] = first.subarray(gone)
      else this.#chunks.shift()
    }
  }
}
