/** What comes next in a frame. */
type Part = 'magic' | 'skippable' | 'descriptor' | 'block' | 'checksum'

const sizes = { magic: 4, skippable: 4, descriptor: 1, block: 3, checksum: 4 }
const dictionarySizes = [0, 1, 2, 4]
const contentSizes = [0, 2, 4, 8]

/**
 * Cuts zstd data where its frames end (RFC 8878, 3.1). Node's decompressor takes for the end of everything what follows a frame in the same
 * write; given a frame's end as the end of a write, it goes on with the next. zstd:chunked has thousands of frames.
 * @throws Error when it is not zstd
 */
export async function* splitFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const walk = new FrameWalk()
  for await (const chunk of source) {
    let from = 0
    for (let at = 0; at < chunk.length; ) {
      at = walk.advance(chunk, at)
      if (!walk.isBetweenFrames) continue
      yield chunk.subarray(from, at)
      from = at
    }
    if (from < chunk.length) yield chunk.subarray(from)
  }
}

class FrameWalk {
  #part: Part = 'magic'
  /** Bytes of the part that were seen. */
  #seen = Buffer.alloc(0)
  /** Bytes to pass over before the part. */
  #pass = 0
  #hasChecksum = false

  get isBetweenFrames(): boolean {
    return this.#part === 'magic' && this.#seen.length === 0 && this.#pass === 0
  }

  /** @returns where it stands then: at a part's end, or the chunk's */
  advance(chunk: Buffer, at: number): number {
    if (this.#pass > 0) {
      const step = Math.min(this.#pass, chunk.length - at)
      this.#pass -= step
      return at + step
    }
    const size = sizes[this.#part]
    const end = Math.min(at + size - this.#seen.length, chunk.length)
    this.#seen = Buffer.concat([this.#seen, chunk.subarray(at, end)])
    if (this.#seen.length === size) {
      const part = this.#seen
      this.#seen = Buffer.alloc(0)
      this.#read(part)
    }
    return end
  }

  #read(bytes: Buffer): void {
    switch (this.#part) {
      case 'magic': {
        const magic = bytes.readUInt32LE(0)
        if (magic === 0xfd2fb528) this.#part = 'descriptor'
        else if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) this.#part = 'skippable'
        else throw new Error('no zstd frame begins where one should')
        return
      }
      case 'skippable':
        this.#then('magic', bytes.readUInt32LE(0))
        return
      case 'descriptor': {
        const flags = bytes[0] ?? 0
        const isSingle = (flags & 0x20) !== 0
        this.#hasChecksum = (flags & 4) !== 0
        const content = flags >> 6 === 0 && isSingle ? 1 : (contentSizes[flags >> 6] ?? 0)
        this.#then('block', (isSingle ? 0 : 1) + (dictionarySizes[flags & 3] ?? 0) + content)
        return
      }
      case 'block': {
        const header = bytes.readUIntLE(0, 3)
        const isLast = (header & 1) !== 0
        const isRepeated = ((header >> 1) & 3) === 1
        this.#then(isLast ? (this.#hasChecksum ? 'checksum' : 'magic') : 'block', isRepeated ? 1 : header >> 3)
        return
      }
      default:
        this.#part = 'magic'
    }
  }

  #then(part: Part, pass: number): void {
    this.#part = part
    this.#pass = pass
  }
}
