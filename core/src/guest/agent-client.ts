import type { OutgoingHttpHeaders } from 'node:http2'
import type { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { GuestConfig } from '../hooks/provision.ts'
import type { Exit } from '../hooks/vmm.ts'
import { lostError } from './agent-error.ts'
import { AgentSession, type OpenChannel } from './agent-session.ts'
import { AgentSessions } from './agent-sessions.ts'
import { AgentStream } from './agent-stream.ts'
import { AgentWorktree } from './agent-worktree.ts'
import type { ConfigureAnswer, FilesAnswer, FileStat, GuestStats, Health, ListeningPort } from './messages.ts'
import { readJson } from './read-json.ts'

/** Milliseconds until a small request must be answered; generous, since emulated guests are slow under load. */
const requestTimeout = 15_000

/** Configuring writes files and waits for the disk. */
const configureTimeout = 60_000

export interface WaitOptions {
  /** Milliseconds. */
  timeout: number
  signal?: AbortSignal
  /** Ends the wait when the machine does. */
  exited?: Promise<Exit>
}

/**
 * A guest's agent, seen from the host. docs/guest-channel.md has the requests.
 * Connects when first asked something, and again when the connection is lost; every method throws guest.unreachable when the
 * guest does not answer and guest.refused (or the agent's own code) when it says no.
 */
export class AgentClient {
  /** Its sessions. */
  readonly sessions: AgentSessions
  /** Its folders that are kept in step with the host. */
  readonly worktree: AgentWorktree
  readonly #session: AgentSession
  readonly #vm: string

  /**
   * @param open one attempt to open the guest channel (`Machine.connect`)
   * @param vm the VM's name, for errors
   */
  constructor(open: OpenChannel, vm = 'the VM') {
    this.#session = new AgentSession(open, vm)
    this.#vm = vm
    this.sessions = new AgentSessions({
      json: (method, path, options) => this.#json(method, path, options),
      stream: (method, path) => this.#stream(method, path),
    })
    this.worktree = new AgentWorktree((method, path) => this.#stream(method, path), vm)
  }

  /**
   * Waits until the agent answers, from the moment the VMM was started on.
   * @throws guest.unreachable after the timeout or when the machine exits, else the signal's reason
   */
  async waitReady({ timeout, signal, exited }: WaitOptions): Promise<Health> {
    const over = new AbortController()
    void exited?.then((exit) => over.abort(lostError(this.#vm, exit.detail)))
    const deadline = AbortSignal.any([AbortSignal.timeout(timeout), over.signal, ...(signal ? [signal] : [])])
    for (;;) {
      await this.#session.get(deadline)
      try {
        return await this.#json('GET', '/v1/health', { signal: deadline })
      } catch (error) {
        // Lost between the connection and the answer: the guest may have started anew. `get` throws once time is up.
        if (deadline.aborted) continue
        if (!isUnreachable(error)) throw error
      }
    }
  }

  health(): Promise<Health> {
    return this.#json('GET', '/v1/health')
  }

  configure(config: GuestConfig, signal?: AbortSignal): Promise<ConfigureAnswer> {
    return this.#json('PUT', '/v1/configure', { body: config, timeout: configureTimeout, ...(signal ? { signal } : {}) })
  }

  ports(): Promise<ListeningPort[]> {
    return this.#json('GET', '/v1/ports')
  }

  stats(): Promise<GuestStats> {
    return this.#json('GET', '/v1/stats')
  }

  /** What a service wrote, or a first-boot step under the name `first-boot-<step>`; with `follow` without an end. */
  log(name: string, options: { lines?: number; follow?: boolean } = {}): Readable {
    const lines = options.lines === undefined ? '' : `&lines=${options.lines}`
    const follow = options.follow ? '&follow=true' : ''
    return this.#stream('GET', `/v1/logs?name=${encodeURIComponent(name)}${lines}${follow}`).end()
  }

  /** @param unixMillis milliseconds since 1970 */
  async setClock(unixMillis: number): Promise<void> {
    await this.#json('PUT', '/v1/clock', { body: { unixMillis } })
  }

  /** Answered before the guest goes down. */
  async shutdown(mode: 'poweroff' | 'reboot'): Promise<void> {
    await this.#json('POST', '/v1/shutdown', { body: { mode } })
  }

  /** Raw `stdio_mux_v1` frames both ways, the first written one being `start`. Destroying it ends the command. */
  exec(): Duplex {
    return this.#stream('POST', '/v1/exec')
  }

  /**
   * Bytes to and from a TCP port of the guest.
   * @param host default: the guest's own loopback, 127.0.0.1 and then ::1
   * @throws (as the stream's error) guest.dial-failed when nothing listens
   */
  dial(port: number, host?: string): Duplex {
    return this.#stream('POST', `/v1/dial?port=${port}${host === undefined ? '' : `&host=${encodeURIComponent(host)}`}`)
  }

  /** A file or folder of the guest as a tar stream, names relative to its parent. */
  getFiles(path: string): Readable {
    return this.#stream('GET', `/v1/files?path=${encodeURIComponent(path)}`).end()
  }

  /** Unpacks a tar stream below a folder of the guest, which is made when missing. */
  putFiles(path: string, tar: Readable): Promise<FilesAnswer> {
    return this.#upload(`/v1/files?path=${encodeURIComponent(path)}`, tar)
  }

  /** Makes a file of a stream, which appears when it is whole. Its folder must exist. */
  putFile(path: string, content: Readable): Promise<FilesAnswer> {
    return this.#upload(`/v1/file?path=${encodeURIComponent(path)}`, content)
  }

  /** @throws guest.bad-path where nothing is */
  statFile(path: string): Promise<FileStat> {
    return this.#json('GET', `/v1/stat?path=${encodeURIComponent(path)}`)
  }

  /** Ends the connection and all that goes over it. The client is of no use afterwards. */
  close(): void {
    this.#session.close()
  }

  async #upload(path: string, body: Readable): Promise<FilesAnswer> {
    const stream = this.#stream('PUT', path)
    const answer = readJson<FilesAnswer>(stream, this.#vm)
    // What the agent answers explains a broken upload best; the upload's own error stands where there is no answer.
    const [received, sent] = await Promise.allSettled([answer, pipeline(body, stream, { end: true })])
    if (received.status === 'fulfilled') return received.value
    throw sent.status === 'rejected' && body.errored ? body.errored : received.reason
  }

  async #json<T>(
    method: string,
    path: string,
    options: { body?: unknown; timeout?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    // A signal tells that it aborts only once.
    options.signal?.throwIfAborted()
    const timeout = options.timeout ?? requestTimeout
    const stream = this.#stream(method, path, { 'content-type': 'application/json' }, timeout)
    const onAbort = (): void => void stream.destroy(options.signal?.reason)
    options.signal?.addEventListener('abort', onAbort, { once: true })
    const timer = setTimeout(
      () => stream.destroy(lostError(this.#vm, `no answer to ${method} ${path} within ${timeout / 1000} s`)),
      timeout,
    )
    try {
      stream.end(options.body === undefined ? undefined : JSON.stringify(options.body))
      return await readJson<T>(stream, this.#vm)
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  /** @param timeout milliseconds to get a connection within */
  #stream(method: string, path: string, headers: OutgoingHttpHeaders = {}, timeout = requestTimeout): AgentStream {
    return new AgentStream({
      session: () => this.#session.get(AbortSignal.timeout(timeout)),
      headers: { ':method': method, ':path': path, ...headers },
      vm: this.#vm,
    })
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'guest.unreachable'
}
