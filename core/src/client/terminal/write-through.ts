import type { Writable } from 'node:stream'

export interface Outlet {
  /** Resolves when the stream can take more. Never rejects. */
  write(bytes: Uint8Array): Promise<void>
  /** Resolves when all that was written has left. */
  drained(): Promise<void>
  /** Whether the reader has gone; what is written then is dropped. */
  readonly closed: boolean
}

/**
 * Writes with back-pressure to a stream whose reader may go at any time (`banger vm exec … | head -1`).
 * @param onClosed called once, when that has happened
 */
export function writeThrough(stream: Writable, onClosed: () => void = () => {}): Outlet {
  let closed = false
  let wake: (() => void) | undefined
  const close = (): void => {
    if (!closed) onClosed()
    closed = true
    wake?.()
  }
  // Kept for good: an EPIPE may come long after the last write.
  stream.on('error', close)
  stream.on('close', close)
  stream.on('drain', () => wake?.())
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })
  return {
    get closed() {
      return closed
    },
    async write(bytes) {
      if (closed) return
      if (!stream.write(bytes) && !closed) await wait()
    },
    async drained() {
      if (closed || stream.writableLength === 0) return
      await new Promise<void>((resolve) => {
        wake = resolve
        stream.write('', () => resolve())
      })
    },
  }
}
