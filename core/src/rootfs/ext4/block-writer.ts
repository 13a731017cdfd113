import { open, type FileHandle } from 'node:fs/promises'
import { blockBytes } from './format.ts'

const bufferBytes = 1 << 20
/** Buffers in the kernel's hands at most: this much memory, and no more, waits for the disk. */
const maxInFlight = 4

/**
 * Writes a file in long runs: bytes gather in a buffer, which is handed to the kernel when full while the next one fills.
 * Between two runs that do not follow each other everything is waited for, so that a place can be written twice.
 */
export class BlockWriter {
  readonly file: FileHandle
  #buffer: Buffer = Buffer.allocUnsafe(bufferBytes)
  #used = 0
  /** Where the buffer's first byte belongs. */
  #offset = 0
  readonly #spare: Buffer[] = []
  readonly #inFlight = new Set<Promise<void>>()
  #failure: unknown

  constructor(file: FileHandle) {
    this.file = file
  }

  static async create(path: string): Promise<BlockWriter> {
    return new BlockWriter(await open(path, 'w+', 0o644))
  }

  /** Goes to a block; what follows is written from there on. */
  async seek(block: number): Promise<void> {
    const offset = block * blockBytes
    if (offset === this.#offset + this.#used) return
    await this.drain()
    this.#offset = offset
  }

  /** @returns a promise only when the disk is behind, which must be waited for then */
  append(bytes: Uint8Array): void | Promise<void> {
    if (bytes.length > bufferBytes - this.#used) return this.#appendInPieces(bytes)
    this.#buffer.set(bytes, this.#used)
    this.#used += bytes.length
  }

  /** Zeros, up to a whole number of blocks or any other number. */
  async appendZeros(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.#used === bufferBytes) await this.#flush()
      const piece = Math.min(left, bufferBytes - this.#used)
      this.#buffer.fill(0, this.#used, this.#used + piece)
      this.#used += piece
      left -= piece
    }
  }

  /** Writes whole blocks to one place. */
  async writeAt(block: number, bytes: Uint8Array): Promise<void> {
    await this.seek(block)
    await this.append(bytes)
  }

  /** Waits until the kernel has everything. */
  async drain(): Promise<void> {
    await this.#flush()
    await Promise.all(this.#inFlight)
    if (this.#failure) throw this.#failure
  }

  /** Waits for what is under way and forgets the rest: for giving up. */
  async settle(): Promise<void> {
    this.#used = 0
    await Promise.all(this.#inFlight)
  }

  async #appendInPieces(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#used === bufferBytes) await this.#flush()
      const piece = bytes.subarray(at, at + bufferBytes - this.#used)
      this.#buffer.set(piece, this.#used)
      this.#used += piece.length
      at += piece.length
    }
  }

  async #flush(): Promise<void> {
    if (this.#failure) throw this.#failure
    if (this.#used === 0) return
    const [buffer, length, offset] = [this.#buffer, this.#used, this.#offset]
    this.#offset += length
    this.#used = 0
    const done = this.#write(buffer, length, offset).finally(() => this.#inFlight.delete(done))
    this.#inFlight.add(done)
    if (this.#inFlight.size >= maxInFlight) await Promise.race(this.#inFlight)
    this.#buffer = this.#spare.pop() ?? Buffer.allocUnsafe(bufferBytes)
  }

  /** Never rejects: the failure is thrown by the next call, where someone listens. */
  async #write(buffer: Buffer, length: number, offset: number): Promise<void> {
    try {
      for (let at = 0; at < length; ) at += (await this.file.write(buffer, at, length - at, offset + at)).bytesWritten
    } catch (error) {
      this.#failure ??= error
    }
    this.#spare.push(buffer)
  }
}
