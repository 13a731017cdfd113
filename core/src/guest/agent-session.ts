import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { lostError } from './agent-error.ts'
import { untilAborted } from './until-aborted.ts'

/** One attempt to open the guest channel: `Machine.connect`. */
export type OpenChannel = (signal?: AbortSignal) => Promise<Duplex>

/** Bytes a stream, and the whole connection, may be ahead of its reader. Smaller windows throttle large transfers. */
const streamWindow = 8 * 1024 * 1024
const connectionWindow = 32 * 1024 * 1024

/** Milliseconds between two attempts to connect. */
const retryDelay = 20

/**
 * The HTTP/2 connection to an agent: made when first needed, shared by all requests, made anew once it is lost.
 */
export class AgentSession {
  readonly #open: OpenChannel
  readonly #vm: string
  readonly #closing = new AbortController()
  #current: Promise<ClientHttp2Session> | undefined

  /** @param vm its name, for errors */
  constructor(open: OpenChannel, vm: string) {
    this.#open = open
    this.#vm = vm
  }

  /**
   * A live session; tries until there is one.
   * @throws guest.unreachable with the last attempt's reason once `signal` aborts with a timeout, else the signal's reason
   */
  async get(signal: AbortSignal): Promise<ClientHttp2Session> {
    let last: unknown
    for (;;) {
      this.#closing.signal.throwIfAborted()
      if (signal.aborted)
        throw isTimeout(signal.reason) ? lostError(this.#vm, textOf(last ?? signal.reason), last) : signal.reason
      try {
        return await untilAborted(this.#shared(), signal)
      } catch (error) {
        if (!signal.aborted) last = error
      }
      await sleep(retryDelay, undefined, { signal }).catch(() => undefined)
    }
  }

  /**
   * Ends the connection and every request on it; later requests fail.
   * It is the session that must be destroyed: Node keeps a socket open as long as its session lives.
   */
  close(): void {
    this.#closing.abort(lostError(this.#vm, 'the connection to its agent was closed'))
    this.#current?.then(
      (session) => session.destroy(),
      () => undefined,
    )
    this.#current = undefined
  }

  /** The connection under way or made, so that requests at the same time share one. */
  #shared(): Promise<ClientHttp2Session> {
    if (this.#current) return this.#current
    const current = this.#connect(() => {
      if (this.#current === current) this.#current = undefined
    })
    this.#current = current
    return current
  }

  async #connect(onLost: () => void): Promise<ClientHttp2Session> {
    try {
      const channel = await this.#open(this.#closing.signal)
      const session = await startSession(channel)
      if (this.#closing.signal.aborted) {
        session.destroy()
        throw this.#closing.signal.reason
      }
      // Without a listener an error would end the daemon; the requests on the session report it.
      session.on('error', () => {})
      session.once('close', () => {
        onLost()
        channel.destroy()
      })
      session.once('goaway', onLost)
      return session
    } catch (error) {
      onLost()
      throw error
    }
  }
}

function startSession(channel: Duplex): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2('http://banger.agent', {
      createConnection: () => channel,
      settings: { initialWindowSize: streamWindow, maxFrameSize: 256 * 1024, enablePush: false },
      // MB; the default of 10 refuses new requests while large transfers wait for their reader.
      maxSessionMemory: 512,
    })
    session.once('error', reject)
    session.once('connect', () => {
      session.off('error', reject)
      session.setLocalWindowSize(connectionWindow)
      resolve(session)
    })
  })
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
