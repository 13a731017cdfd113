import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'

/**
 * Makes a fresh stream of a virtio-serial port: writes a line with a nonce and throws away whatever comes before the
 * same line comes back. No byte after it is lost. The exchange is described in docs/guest-channel.md.
 *
 * @param stream a connection to the port; destroyed when the preamble fails
 * @param options.timeout milliseconds of silence after which to give up; default 500
 * @returns the same stream, standing right behind the line
 * @throws a plain Error that says what happened (the caller knows which VM it is about), or the reason of `signal`
 */
export function openPreamble(stream: Duplex, options: { signal?: AbortSignal; timeout?: number } = {}): Promise<Duplex> {
  const line = Buffer.from(`BANGER1 ${randomBytes(16).toString('hex')}\n`)
  const find = lineFinder(line)
  const silence = options.timeout ?? 500
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => giveUp(new Error(`no answer for ${silence} ms`)), silence)

    function onReadable(): void {
      for (let chunk: Buffer | null = stream.read(); chunk !== null; chunk = stream.read()) {
        timer.refresh()
        const rest = find(chunk)
        if (!rest) continue
        stopListening()
        if (rest.length > 0) stream.unshift(rest)
        resolve(stream)
        return
      }
    }
    function stopListening(): void {
      clearTimeout(timer)
      stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', giveUp)
      options.signal?.removeEventListener('abort', onAbort)
    }
    function giveUp(error: unknown): void {
      stopListening()
      // A late error of a stream that nobody uses any more must not end the daemon.
      stream.on('error', () => {})
      stream.destroy()
      reject(error)
    }
    const onEnd = (): void => giveUp(new Error('the channel was closed'))
    const onAbort = (): void => giveUp(options.signal?.reason)

    if (options.signal?.aborted) return giveUp(options.signal.reason)
    options.signal?.addEventListener('abort', onAbort)
    stream.on('error', giveUp).on('end', onEnd).on('close', onEnd).on('readable', onReadable)
    stream.write(line)
  })
}

/** Looks for `line` over chunk borders; gives what follows it once it has passed. */
function lineFinder(line: Buffer): (chunk: Buffer) => Buffer | undefined {
  let seen: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const window = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    const at = window.indexOf(line)
    if (at >= 0) return window.subarray(at + line.length)
    seen = window.subarray(Math.max(0, window.length - line.length + 1))
    return undefined
  }
}
