import { constants, type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2'
import { Duplex } from 'node:stream'
import { agentError, lostError } from './agent-error.ts'

/** What a request needs of the connection it goes over. */
export interface StreamOptions {
  /** Gives the connection, or rejects with the error to end in. */
  session: () => Promise<ClientHttp2Session>
  headers: OutgoingHttpHeaders
  /** The VM's name, for errors. */
  vm: string
}

/**
 * One request to the agent as a duplex: what is written is the request's body, what is read the answer's.
 * Usable before the connection stands. The two directions end independently; destroying it resets the request.
 * An answer that was cut off ends in an error, never in a clean end. `accepted` is emitted once the agent begins to answer.
 */
export class AgentStream extends Duplex {
  readonly #options: StreamOptions
  #stream: ClientHttp2Stream | undefined
  readonly #givenUp = new AbortController()
  /** Whether the answer came to its proper end. */
  #complete = false
  /** Whether the agent said no. */
  #refused = false
  /** What to do once there is a stream. */
  #waiting: ((stream: ClientHttp2Stream) => void)[] = []

  constructor(options: StreamOptions) {
    super({ writableHighWaterMark: 256 * 1024, readableHighWaterMark: 256 * 1024 })
    this.#options = options
    options.session().then(
      (session) => this.#begin(session),
      (error: Error) => this.destroy(error),
    )
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#withStream((stream) => {
      // The agent may answer in full without reading the whole request. What comes too late is no error: the answer counts.
      if (answered(stream)) callback()
      else
        stream.write(chunk, (error) =>
          callback(error && !answered(stream) ? lostError(this.#options.vm, 'the connection was lost', error) : null),
        )
    })
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#withStream((stream) => {
      stream.end()
      callback()
    })
  }

  override _read(): void {
    this.#stream?.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#waiting = []
    // Not by `close`, which tells the agent that the request's body is complete before it resets the stream.
    if (!this.#stream?.closed) this.#givenUp.abort()
    // Unread data would keep the stream from closing.
    this.#stream?.resume()
    callback(error)
  }

  #begin(session: ClientHttp2Session): void {
    if (this.destroyed) return
    let stream: ClientHttp2Stream
    try {
      stream = session.request(this.#options.headers, { endStream: false, signal: this.#givenUp.signal })
    } catch (error) {
      this.destroy(lostError(this.#options.vm, 'the connection was lost', error))
      return
    }
    this.#stream = stream
    stream.once('response', (answer) => {
      const status = Number(answer[':status'])
      if (status < 400) this.#receive(stream, session)
      else this.#refuse(stream, status)
    })
    stream.on('error', (error) => {
      if (!answered(stream) && !this.#refused) this.destroy(lostError(this.#options.vm, 'the connection was lost', error))
    })
    stream.once('close', () => this.#onClose())
    for (const use of this.#waiting.splice(0)) use(stream)
  }

  #receive(stream: ClientHttp2Stream, session: ClientHttp2Session): void {
    this.emit('accepted')
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause()
    })
    stream.once('end', () => {
      // Node ends the streams of a session that goes away as if their answers were complete.
      this.#complete = stream.rstCode === constants.NGHTTP2_NO_ERROR && !session.destroyed
      if (this.#complete) this.push(null)
      else this.destroy(this.#cutOff())
    })
  }

  #refuse(stream: ClientHttp2Stream, status: number): void {
    // The request is over, whatever becomes of the stream; its body only says why.
    this.#refused = true
    void agentError(this.#options.vm, stream, status).then((error) => this.destroy(error))
  }

  #onClose(): void {
    if (this.destroyed || this.#refused) return
    if (!this.#complete) this.destroy(this.#cutOff())
    // Nobody reads what is still written from here on: over, once the answer has been read.
    else if (this.readableEnded) this.destroy()
    else this.once('end', () => this.destroy())
  }

  #cutOff(): Error {
    return lostError(this.#options.vm, 'the connection was lost in the middle of an answer')
  }

  #withStream(use: (stream: ClientHttp2Stream) => void): void {
    if (this.#stream) use(this.#stream)
    else this.#waiting.push(use)
  }
}

/** Whether the agent ended the request by itself, answer and all. */
function answered(stream: ClientHttp2Stream): boolean {
  return stream.closed && stream.rstCode === constants.NGHTTP2_NO_ERROR
}
