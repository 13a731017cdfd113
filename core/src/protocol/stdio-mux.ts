/** stdio_mux_v1: the framing of exec and attach. docs/guest-channel.md has the format. */

/** Bytes in a frame's payload at most. */
export const maxPayload = 1 << 20

export const streamId = { start: 0, stdin: 1, stdout: 2, stderr: 3, resize: 4, signal: 5, exit: 6, error: 7 } as const

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
  const frame = Buffer.allocUnsafe(5 + payload.byteLength)
  frame.writeUInt8(id, 0)
  frame.writeUInt32BE(payload.byteLength, 1)
  frame.set(payload, 5)
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
    if (this.#length < 5) return undefined
    const header = this.#peek(5)
    const size = header.readUInt32BE(1)
    if (size > maxPayload) throw new RangeError(`a frame of ${size} bytes is too large`)
    if (this.#length < 5 + size) return undefined
    const whole = this.#take(5 + size)
    return { id: whole.readUInt8(0), payload: whole.subarray(5) }
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
