import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  connectIn,
  type Exit,
  isAlive,
  killProcess,
  type Machine,
  openPreamble,
  readTail,
  type StartedProcess,
} from '@banger/core'
import { describeExit, type Ending } from './exit.ts'
import { lastMessage } from './last-message.ts'
import { files } from './qemu-args.ts'
import { Qmp } from './qmp.ts'

/** What adopting a machine takes, besides its process. */
export interface QemuState extends StartedProcess {
  /** How guests run: `kvm` or `tcg`. */
  acceleration: string
}

/** Milliseconds of silence after which the preamble is sent anew: first, and at most under load. */
const firstSilence = 500
const longestSilence = 4000

/** Milliseconds between two looks at a process that is not this daemon's child. */
const pollInterval = 500

export class QemuMachine implements Machine {
  readonly state: QemuState
  readonly exited: Promise<Exit>
  readonly #dir: string
  /** The control connection under way or made. */
  #control: Promise<Qmp> | undefined
  /** The last one made. */
  #qmp: Qmp | undefined
  #ended = false
  #cause: string | undefined
  #killed = false
  #silence = firstSilence

  /**
   * @param dir the VM's folder, which holds its sockets
   * @param child the process's end, when this daemon started it
   */
  constructor(dir: string, state: QemuState, child?: Promise<NonNullable<Ending['status']>>) {
    this.#dir = dir
    this.state = state
    this.exited = (child ?? this.#watch()).then((status) => this.#describe(status ?? undefined))
  }

  async connect(signal?: AbortSignal): Promise<Duplex> {
    const socket = await connectIn(this.#dir, files.agent)
    try {
      const stream = await openPreamble(socket, { timeout: this.#silence, ...(signal ? { signal } : {}) })
      this.#silence = firstSilence
      return stream
    } catch (error) {
      // An overloaded guest answers late; asking anew faster than it answers would never end.
      this.#silence = Math.min(this.#silence * 1.5, longestSilence)
      throw error
    }
  }

  /**
   * QEMU's control socket, opened when it is not: tries until it is there. QEMU talks to one client at a time.
   * @param timeout milliseconds
   */
  control(timeout: number): Promise<Qmp> {
    this.#control ??= this.#openControl(timeout).catch((error: unknown) => {
      this.#control = undefined
      throw error
    })
    return this.#control
  }

  async shutdown(): Promise<void> {
    await (await this.control(5000)).execute('system_powerdown')
  }

  async kill(): Promise<void> {
    this.#killed = true
    await killProcess(this.state)
    await this.exited
  }

  async pause(): Promise<void> {
    await (await this.control(5000)).execute('stop')
  }

  async resume(): Promise<void> {
    await (await this.control(5000)).execute('cont')
  }

  async #openControl(timeout: number): Promise<Qmp> {
    for (const deadline = Date.now() + timeout; ; await sleep(5)) {
      try {
        const qmp = await Qmp.open(await connectIn(this.#dir, files.qmp), Math.max(1, deadline - Date.now()))
        qmp.on('event', (name, data) => this.#notice(name, data))
        qmp.once('close', () => {
          this.#control = undefined
        })
        this.#qmp = qmp
        return qmp
      } catch (error) {
        if (this.#ended || Date.now() >= deadline) throw error
      }
    }
  }

  #notice(event: string, data: Record<string, unknown>): void {
    if (event === 'SHUTDOWN') this.#cause = String(data.reason)
    if (event === 'GUEST_PANICKED') this.#cause = 'guest-panic'
  }

  /** Waits for the end of a process that is not this daemon's child. Its control socket closing tells at once. */
  async #watch(): Promise<undefined> {
    while (await isAlive(this.state)) {
      const tick = new AbortController()
      const onClose = (): void => tick.abort()
      this.#qmp?.once('close', onClose)
      await sleep(this.#qmp?.closed ? 20 : pollInterval, undefined, { signal: tick.signal, ref: false }).catch(() => undefined)
      this.#qmp?.off('close', onClose)
    }
  }

  async #describe(status: Ending['status']): Promise<Exit> {
    this.#ended = true
    // QEMU's last event may still be on its way to us.
    for (let tries = 0; tries < 20 && this.#qmp && !this.#qmp.closed; tries++) await sleep(10)
    this.#qmp?.close()
    const { consoleLog, consoleStart } = this.state
    const [console, log] = await Promise.all([readTail(consoleLog, { from: consoleStart }), readTail(join(this.#dir, files.log))])
    const lastWord = lastMessage(log)
    return describeExit({
      killed: this.#killed,
      console,
      ...(this.#cause ? { cause: this.#cause } : {}),
      ...(status ? { status } : {}),
      ...(lastWord ? { lastWord } : {}),
    })
  }
}
