import type { Duplex } from 'node:stream'

/** Bytes of an answer at most: `OK ` and a 32-bit number. */
const longestAnswer = 'OK 4294967295\n'.length

/**
 * Asks Firecracker for a connection to a vsock port of the guest, on a fresh connection to its socket
 * (https://github.com/firecracker-microvm/firecracker/blob/main/docs/vsock.md). Firecracker says nothing while the guest has no vsock
 * yet, and closes without a word when nobody listens there.
 *
 * @param stream destroyed when this fails
 * @param options.timeout milliseconds until it must be answered
 * @returns the same stream, at the first byte from the guest
 * @throws a plain Error that says what happened (the caller knows which VM it is about), or the reason of `signal`
 */
export function openVsock(stream: Duplex, port: number, options: { timeout: number; signal?: AbortSignal }): Promise<Duplex> {
  const { timeout, signal } = options
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => giveUp(new Error(`the guest's vsock gave no answer for ${timeout} ms`)), timeout)
    let received: Buffer = Buffer.alloc(0)

    function onReadable(): void {
      for (let chunk: Buffer | null = stream.read(); chunk !== null; chunk = stream.read()) {
        received = Buffer.concat([received, chunk])
        const end = answerEnd(received)
        if (end === 'none') return giveUp(new Error("Firecracker's vsock answered something else than OK"))
        if (end === 'more') continue
        stopListening()
        if (received.length > end) stream.unshift(received.subarray(end))
        return resolve(stream)
      }
    }
    function stopListening(): void {
      clearTimeout(timer)
      stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', giveUp)
      signal?.removeEventListener('abort', onAbort)
    }
    function giveUp(error: unknown): void {
      stopListening()
      // A late error of a stream that nobody uses any more must not end the daemon.
      stream.on('error', () => {})
      stream.destroy()
      reject(error)
    }
    const onEnd = (): void => giveUp(new Error("nobody listens on the guest's vsock port yet"))
    const onAbort = (): void => giveUp(signal?.reason)

    if (signal?.aborted) return giveUp(signal.reason)
    signal?.addEventListener('abort', onAbort)
    stream.on('error', giveUp).on('end', onEnd).on('close', onEnd).on('readable', onReadable)
    // In one write: a line that arrives in parts is dropped.
    stream.write(`CONNECT ${port}\n`)
  })
}

/** Where `OK <port>\n` ends in what was received: an index, `more` when it may still come, `none` when this is no such answer. */
export function answerEnd(received: Buffer): number | 'more' | 'none' {
  const head = received.subarray(0, longestAnswer).toString('latin1')
  const answer = /^OK \d{1,10}\n/.exec(head)?.[0]
  if (answer) return answer.length
  return received.length < longestAnswer && /^(?:$|O$|OK$|OK \d*$)/.test(head) && !head.includes('\n') ? 'more' : 'none'
}
