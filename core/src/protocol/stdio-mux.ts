/** stdio_mux_v1: the framing of exec and attach. docs/guest-channel.md has the format. */

/** Bytes in a frame's payload at most. */
export const maxPayload = 1 << 20

export const streamId = {
  start: 0,
  stdin: 1,
  stdout: 2,
  stderr: 3,
  resize: 4,
  signal: 5,
  exit: 6,
  error: 7,
  /** Of sessions alone, as the two below. */
  attached: 8,
  ack: 9,
  position: 10,
} as const

/** Bytes that precede a frame's payload. */
export const headerSize = 5

export interface Frame {
  id: number
  payload: Buffer
}

/**
 * One frame as bytes.
 * @throws RangeError when the payload is larger than `maxPayload`
 */
export function encodeFrame(id: number, payload: Uint8Array = new Uint8Array()): Buffer {
  if (payload.byteLength > maxPayload) throw new RangeError(`a frame of ${payload.byteLength} bytes is too large`)
  const frame = Buffer.allocUnsafe(headerSize + payload.byteLength)
  frame.writeUInt8(id, 0)
  frame.writeUInt32BE(payload.byteLength, 1)
  frame.set(payload, headerSize)
  return frame
}

export function encodeJson(id: number, value: unknown): Buffer {
  return encodeFrame(id, Buffer.from(JSON.stringify(value)))
}

export function encodeResize(rows: number, cols: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt16BE(rows, 0)
  payload.writeUInt16BE(cols, 2)
  return encodeFrame(streamId.resize, payload)
}

/** An ack or position frame. @param offset a number of bytes */
export function encodeOffset(id: number, offset: number): Buffer {
  const payload = Buffer.alloc(8)
  payload.writeBigUInt64BE(BigInt(offset))
  return encodeFrame(id, payload)
}

/** @returns undefined when the payload is no offset, or one that no number holds exactly */
export function decodeOffset(payload: Buffer): number | undefined {
  if (payload.length !== 8) return undefined
  const offset = Number(payload.readBigUInt64BE())
  return Number.isSafeInteger(offset) ? offset : undefined
}

/** Cuts a byte stream into frames, however it is split into chunks. */
export class FrameDecoder {
  #chunks: Buffer[] = []
  #length = 0

  /** @throws RangeError when a frame claims more than `maxPayload` */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    const frames: Frame[] = []
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame)
    return frames
  }

  /** Bytes of an unfinished frame. */
  get pending(): number {
    return this.#length
  }

  #next(): Frame | undefined {
    if (this.#length < headerSize) return undefined
    const header = this.#peek(headerSize)
    const size = header.readUInt32BE(1)
    if (size > maxPayload) throw new RangeError(`a frame of ${size} bytes is too large`)
    if (this.#length < headerSize + size) return undefined
    const whole = this.#take(headerSize + size)
    return { id: whole.readUInt8(0), payload: whole.subarray(headerSize) }
  }

  #peek(size: number): Buffer {
    const first = this.#chunks[0]
    if (first && first.length >= size) return first
    this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  #take(size: number): Buffer {
    const first = this.#peek(size)
    const rest = first.subarray(size)
    if (rest.length > 0) this.#chunks[0] = rest
    else this.#chunks.shift()
    this.#length -= size
    return first.subarray(0, size)
  }
}
