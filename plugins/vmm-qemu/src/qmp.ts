import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { LineDecoder } from './line-decoder.ts'

/** Milliseconds until a command must be answered; QEMU answers at once, unless the host is overloaded. */
const commandTimeout = 15_000

/** Stands for the greeting among the ids of commands, which are larger. */
const greeting = 0

interface Message {
  QMP?: unknown
  id?: number
  return?: unknown
  error?: { class: string; desc: string }
  event?: string
  data?: Record<string, unknown>
}

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

/**
 * A client of QEMU's machine protocol (https://www.qemu.org/docs/master/interop/qmp-spec.html).
 * Emits `event` with its name and data, and `close` once.
 */
export class Qmp extends EventEmitter<{ event: [name: string, data: Record<string, unknown>]; close: [] }> {
  readonly #stream: Duplex
  readonly #waiting = new Map<number, Waiting>()
  #lastId = greeting
  #closed = false

  private constructor(stream: Duplex) {
    super()
    this.#stream = stream
    const lines = new LineDecoder()
    stream.on('data', (chunk: Buffer) => {
      for (const line of lines.push(chunk)) this.#receive(line)
    })
    stream.on('error', () => {})
    stream.once('end', () => stream.destroy())
    stream.once('close', () => this.#onClose())
  }

  /**
   * Shakes hands on a fresh connection. Once it is answered QEMU has made its machine.
   * @throws when the connection closes or nothing is answered
   */
  static async open(stream: Duplex, timeout = commandTimeout): Promise<Qmp> {
    const qmp = new Qmp(stream)
    try {
      await qmp.#within(timeout, 'its greeting', (waiting) => qmp.#waiting.set(greeting, waiting))
      qmp.#waiting.delete(greeting)
      await qmp.execute('qmp_capabilities', {}, timeout)
      return qmp
    } catch (error) {
      qmp.close()
      throw error
    }
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * @param timeout milliseconds
   * @returns what QEMU answers
   * @throws with QEMU's words when it refuses, or when the connection closes first
   */
  execute(command: string, args: Record<string, unknown> = {}, timeout = commandTimeout): Promise<unknown> {
    const id = ++this.#lastId
    return this.#within(timeout, `an answer to ${command}`, (waiting) => {
      if (this.#closed) return waiting.reject(new Error('QEMU closed its control socket'))
      this.#waiting.set(id, waiting)
      this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`)
    }).finally(() => this.#waiting.delete(id))
  }

  close(): void {
    this.#stream.destroy()
  }

  #receive(line: string): void {
    const message = parse(line)
    if (!message) return
    if (message.QMP) this.#waiting.get(greeting)?.resolve(undefined)
    if (message.event) this.emit('event', message.event, message.data ?? {})
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id)
    if (message.error) waiting?.reject(new Error(`QEMU refused: ${message.error.desc}`))
    else if ('return' in message) waiting?.resolve(message.return)
  }

  #onClose(): void {
    this.#closed = true
    for (const { reject } of this.#waiting.values()) reject(new Error('QEMU closed its control socket'))
    this.emit('close')
  }

  #within(timeout: number, what: string, start: (waiting: Waiting) => unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => reject(new Error(`QEMU did not send ${what} within ${timeout / 1000} s`)), timeout)
    start({ resolve, reject })
    return promise.finally(() => clearTimeout(timer))
  }
}

function parse(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Message) : undefined
  } catch {
    return undefined
  }
}
