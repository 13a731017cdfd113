import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type BangerError, fail, isError } from '../errors.ts'
import type { ExecStart, GuestStats, Health, ListeningPort } from '../guest/messages.ts'
import type { DoctorCheck } from '../hooks/doctor.ts'
import type { Progress } from '../hooks/progress.ts'
import type { AddImage, CreateVm, PrunedImages, PruneImages, SshAccess } from '../protocol/api.ts'
import type { DaemonInfo, RestartAnswer, Image, ImageEntry, Vm, VmEntry } from '../protocol/model.ts'
import { encodeJson, streamId } from '../protocol/stdio-mux.ts'
import { connectionError, type ErrorContext, readError, readJson, send, sendBody, type WriteBody } from './http.ts'
import { readOperation } from './operation.ts'
import { sendUpgrade, type Upgrade } from './upgrade.ts'

/** Where the daemon is, and what to do when it is not. */
export interface ClientOptions {
  /** Absolute path of the daemon's unix socket. */
  socket: string
  /** The daemon's log file, for messages. */
  log: string
  /** Called when nobody listens on the socket; the request is sent again afterwards. Without it: daemon.not-running. */
  start?: () => Promise<void>
  /** Called with the daemon's version at each answer. */
  onVersion?: (version: string) => void
}

/** How a long operation is followed and ended. */
export interface OperationOptions {
  /** What it is, for the message of an interruption: `Creating the VM`. */
  what?: string
  /** What an interruption is told as, where that message does not fit. */
  aborted?: BangerError
  progress?: Progress
  /** Closes the connection, which aborts what can be undone. */
  signal?: AbortSignal
}

/** How much of a log is read. */
export interface LogOptions {
  lines?: number
  follow?: boolean
  signal?: AbortSignal
}

/** The daemon's API (protocol/api.ts), typed. Every request has a connection of its own. */
export class DaemonClient {
  readonly #options: ClientOptions
  readonly #context: ErrorContext

  constructor(options: ClientOptions) {
    this.#options = options
    this.#context = { log: options.log }
  }

  /** Version, folders and plugins of the daemon. */
  info(): Promise<DaemonInfo> {
    return this.get('/v1/info')
  }

  /** Ends the daemon; VMs keep running. */
  stopDaemon(): Promise<unknown> {
    return this.request('POST', '/v1/daemon/stop')
  }

  /** Has the daemon start anew, at once or when what it does for others has ended; VMs keep running. */
  restartDaemon(): Promise<RestartAnswer> {
    return this.request('POST', '/v1/daemon/restart')
  }

  /** What the daemon finds on this host. Takes as long as its slowest check, seconds. */
  doctor(): Promise<DoctorCheck[]> {
    return this.get('/v1/doctor')
  }

  /** All VMs, running or not. */
  vms(): Promise<VmEntry[]> {
    return this.get('/v1/vms')
  }

  /** @throws vm.not-found */
  vm(vm: string): Promise<VmEntry> {
    return this.get(`/v1/vms/${part(vm)}`)
  }

  /** Makes a VM and starts it, unless `request.start` is false. @throws vm.exists, vm.boot-failed and more; nothing is left then */
  createVm(request: CreateVm, options?: OperationOptions): Promise<Vm> {
    return this.operation('POST', '/v1/vms', request, { what: 'Creating the VM', ...options })
  }

  /** Resolves when the guest takes commands. @throws vm.not-found, vm.running, vm.boot-failed */
  startVm(vm: string, options?: OperationOptions): Promise<Vm> {
    return this.operation('POST', `/v1/vms/${part(vm)}/start`, undefined, { what: `Starting "${vm}"`, ...options })
  }

  /** Shuts the guest down, and ends its VMM when that takes too long. @throws vm.not-found, vm.not-running */
  stopVm(vm: string, options?: OperationOptions): Promise<Vm> {
    return this.operation('POST', `/v1/vms/${part(vm)}/stop`, undefined, { what: `Stopping "${vm}"`, ...options })
  }

  /** Ends the VMM at once, whatever is under way. @throws vm.not-found */
  killVm(vm: string, options?: OperationOptions): Promise<Vm> {
    return this.operation('POST', `/v1/vms/${part(vm)}/kill`, undefined, { what: `Killing "${vm}"`, ...options })
  }

  /** @throws vm.delete-running unless it is stopped, or `force` ends it */
  async deleteVm(vm: string, options: OperationOptions & { force?: boolean } = {}): Promise<void> {
    const query = options.force ? '?force=true' : ''
    await this.operation('DELETE', `/v1/vms/${part(vm)}${query}`, undefined, { what: `Deleting "${vm}"`, ...options })
  }

  /** What listens in the guest. @throws vm.not-running, guest.unreachable */
  ports(vm: string): Promise<ListeningPort[]> {
    return this.get(`/v1/vms/${part(vm)}/ports`)
  }

  /** What the guest uses. @throws vm.not-running, guest.unreachable */
  stats(vm: string): Promise<GuestStats> {
    return this.get(`/v1/vms/${part(vm)}/stats`)
  }

  /** How far the guest is, its first-boot steps and services. @throws vm.not-running, guest.unreachable */
  health(vm: string): Promise<Health> {
    return this.get(`/v1/vms/${part(vm)}/health`)
  }

  /**
   * What a service wrote, or a first-boot step under the name `first-boot-<step>`. Ends when the signal aborts.
   * @param options.lines only this many of the last lines
   * @param options.follow goes on as more is written
   */
  async *log(vm: string, name: string, options: LogOptions = {}): AsyncGenerator<Buffer> {
    const { lines, follow, signal } = options
    const query = new URLSearchParams({
      name,
      ...(lines === undefined ? {} : { lines: String(lines) }),
      ...(follow ? { follow: 'true' } : {}),
    })
    try {
      const answer = await this.#send('GET', `/v1/vms/${part(vm)}/log?${query}`, undefined, signal)
      if ((answer.statusCode ?? 500) >= 400) throw await readError(answer, this.#context)
      yield* answer as AsyncIterable<Buffer>
    } catch (error) {
      if (!signal?.aborted) throw connectionError(error, this.#context)
    }
  }

  /** How to reach the guest's sshd. @throws vm.not-running */
  ssh(vm: string): Promise<SshAccess> {
    return this.get(`/v1/vms/${part(vm)}/ssh`)
  }

  /** Starts a command: a stream of stdio_mux_v1 frames, `start` already sent. */
  exec(vm: string, start: ExecStart, signal?: AbortSignal): Promise<Duplex> {
    const first = encodeJson(streamId.start, start)
    return this.upgrade(`/v1/vms/${part(vm)}/exec`, { protocol: 'stdio_mux_v1', first }, signal)
  }

  /** The bytes of a TCP connection made in the guest. */
  dial(vm: string, port: number, signal?: AbortSignal): Promise<Duplex> {
    return this.upgrade(`/v1/vms/${part(vm)}/dial?port=${port}`, { protocol: 'tcp' }, signal)
  }

  /** All images. */
  images(): Promise<ImageEntry[]> {
    return this.get('/v1/images')
  }

  /** @throws image.not-found */
  image(image: string): Promise<ImageEntry> {
    return this.get(`/v1/images/${part(image)}`)
  }

  /** Pulls or registers an image. @throws image.exists, image.no-source and what its source fails with; nothing is left then */
  addImage(request: AddImage, options?: OperationOptions): Promise<Image> {
    const aborted = fail('image.interrupted', { image: request.name ?? request.ref })
    return this.operation('POST', '/v1/images', request, { aborted, ...options })
  }

  /** @throws image.not-found, image.in-use */
  async deleteImage(image: string): Promise<void> {
    await this.delete(`/v1/images/${part(image)}`)
  }

  /** Frees what nothing uses, or says what that would be. */
  pruneImages(request: PruneImages, options?: OperationOptions): Promise<PrunedImages> {
    return this.operation('POST', '/v1/images/prune', request, { what: 'Pruning images', ...options })
  }

  /** Any GET route, also a plugin's; the caller knows the answer's type. */
  get<T>(path: string): Promise<T> {
    return this.request<T>('GET', path)
  }

  /** Any DELETE route, also a plugin's. @throws what the daemon reports */
  delete<T = unknown>(path: string): Promise<T> {
    return this.request<T>('DELETE', path)
  }

  /** A GET whose answer is a stream of bytes. @throws what the daemon reports in its place */
  async stream(path: string): Promise<IncomingMessage> {
    const answer = await this.#send('GET', path, undefined)
    if ((answer.statusCode ?? 500) >= 400) throw await readError(answer, this.#context)
    return answer
  }

  /** One request whose answer is JSON. @throws what the daemon reports */
  async request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const answer = await this.#send(method, path, body, signal)
    return (await readJson(answer, this.#context)) as T
  }

  /**
   * One request that reports its progress and may take long.
   * @throws what the daemon reports; aborted when `options.signal` ends it
   */
  async operation<T>(method: string, path: string, body?: unknown, options: OperationOptions = {}): Promise<T> {
    const { what = 'The operation', progress = () => {}, signal } = options
    const aborted = () => options.aborted ?? fail('aborted', { what })
    if (signal?.aborted) throw aborted()
    try {
      const answer = await this.#send(method, path, body, signal)
      if ((answer.statusCode ?? 500) >= 400) throw await readError(answer, this.#context)
      if (!String(answer.headers['content-type']).includes('ndjson')) return (await readJson(answer, this.#context)) as T
      return (await readOperation(answer, progress, this.#context)) as T
    } catch (error) {
      throw signal?.aborted ? aborted() : error
    }
  }

  /** A connection that carries another protocol after the request. Ending one half leaves the other open. */
  upgrade(path: string, to: Upgrade, signal?: AbortSignal): Promise<Duplex> {
    const request = { socket: this.#options.socket, method: 'POST', path, signal }
    return this.#started(() => sendUpgrade(request, to, this.#context))
  }

  /** The bytes that a GET answers with. @throws what the daemon reports; the stream itself throws when it breaks off */
  async download(path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#send('GET', path, undefined, signal)
    if ((answer.statusCode ?? 500) >= 400) throw await readError(answer, this.#context)
    return answer
  }

  /** A PUT whose body is written by `produce`. @throws what the daemon reports, also in the middle of the body */
  async upload<T>(
    path: string,
    body: { type: string; produce: (write: WriteBody) => Promise<void> },
    signal?: AbortSignal,
  ): Promise<T> {
    const request = { socket: this.#options.socket, method: 'PUT', path, type: body.type, signal }
    return (await readJson(await sendBody(request, body.produce, this.#context), this.#context)) as T
  }

  async #send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
    const request = { socket: this.#options.socket, method, path, body, signal }
    const attempt = () => this.#started(() => send(request, this.#context))
    const answer = await (method === 'GET' ? askAgain(attempt) : attempt())
    const version = answer.headers['banger-version']
    if (typeof version === 'string') this.#options.onVersion?.(version)
    return answer
  }

  // Nothing was sent when nobody listened, so sending again is safe.
  async #started<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      if (!this.#options.start || !isError(error, 'daemon.not-running')) throw error
    }
    await this.#options.start()
    return attempt()
  }
}

/** A daemon that is being killed takes connections until it is gone. What changes nothing is asked once more. */
async function askAgain<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (!isError(error, 'daemon.lost')) throw error
    return attempt()
  }
}

function part(name: string): string {
  return encodeURIComponent(name)
}
