import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectIn, type Exit, isAlive, killProcess, type Machine, readTail, type StartedProcess } from '@banger/core'
import type { ApiCall } from './api/call.ts'
import { type Api, openApi } from './api/client.ts'
import { faultOf } from './api/fault.ts'
import { refusal } from './api/refusal.ts'
import { awaitHalt } from './await-halt.ts'
import { describeExit, type Ending } from './exit.ts'
import { files } from './files.ts'
import { agentPort } from './kernel-args.ts'
import { lastError } from './last-error.ts'
import { openVsock } from './vsock.ts'
import { featuresOf } from './version.ts'

/** What adopting a machine takes, besides its process. */
export interface FirecrackerState extends StartedProcess {
  version: string
  /** How guests run: `kvm`, or `tcg` behind the stand-in of the tests. */
  acceleration: string
  /** The folder that holds its sockets and its log: the VM's own, or the root of its jail. */
  root: string
}

/** Milliseconds that the guest's vsock has to answer: first, and at most under load. */
const firstPatience = 500
const longestPatience = 4000

/** Milliseconds between two looks at a process that is not this daemon's child. */
const pollInterval = 500

/** Milliseconds for a request to a machine that runs. */
const callTimeout = 15_000

export class FirecrackerMachine implements Machine {
  readonly state: FirecrackerState
  readonly exited: Promise<Exit>
  /** Where this Firecracker can be resumed after it was paused. */
  readonly pause?: () => Promise<void>
  readonly resume?: () => Promise<void>
  readonly #name: string
  readonly #api: Api
  readonly #gone = new AbortController()
  #killed = false
  #halted = false
  #asked = false
  #patience = firstPatience

  /**
   * @param name the VM's, for errors
   * @param child the process's end, when this daemon started it
   */
  constructor(name: string, state: FirecrackerState, child?: Promise<NonNullable<Ending['status']>>) {
    this.#name = name
    this.state = state
    this.#api = openApi(state.root, files.api)
    this.exited = (child ?? this.#watch()).then((status) => this.#describe(status ?? undefined))
    void this.#endHalted()
    if (!featuresOf(state.version).has('pause')) return
    this.pause = () => this.#change('Paused')
    this.resume = () => this.#change('Resumed')
  }

  async connect(signal?: AbortSignal): Promise<Duplex> {
    const socket = await connectIn(this.state.root, files.vsock)
    try {
      const stream = await openVsock(socket, agentPort, { timeout: this.#patience, ...(signal ? { signal } : {}) })
      this.#patience = firstPatience
      return stream
    } catch (error) {
      // An overloaded guest answers late; asking anew faster than it answers would never end.
      this.#patience = Math.min(this.#patience * 1.5, longestPatience)
      throw error
    }
  }

  /**
   * Asks Firecracker for something. Its connection is let go by `release`.
   * @throws vmm.refused, a plain Error when no whole answer comes
   */
  async call(call: ApiCall, timeout = callTimeout): Promise<void> {
    const fault = faultOf(await this.#api.send(call, timeout))
    if (fault !== undefined) throw refusal(this.#name, call, fault)
  }

  /** Lets the connection to the API go; Firecracker takes few. */
  release(): void {
    this.#api.close()
  }

  /** The guest must have a driver for the keyboard. It reboots, which ends Firecracker. There is no such key on arm64. */
  async shutdown(): Promise<void> {
    this.#asked = true
    await this.#once({ method: 'PUT', path: '/actions', body: { action_type: 'SendCtrlAltDel' } })
  }

  async kill(): Promise<void> {
    this.#killed = true
    await killProcess(this.state)
    await this.exited
  }

  async #change(state: 'Paused' | 'Resumed'): Promise<void> {
    await this.#once({ method: 'PATCH', path: '/vm', body: { state } })
  }

  async #once(call: ApiCall): Promise<void> {
    try {
      await this.call(call)
    } finally {
      this.release()
    }
  }

  /** Ends a Firecracker whose guest has powered off. */
  async #endHalted(): Promise<void> {
    const { consoleLog, consoleStart } = this.state
    if (!(await awaitHalt(consoleLog, consoleStart, this.#gone.signal))) return
    this.#halted = !this.#killed
    await killProcess(this.state)
  }

  /** Waits for the end of a process that is not this daemon's child. */
  async #watch(): Promise<undefined> {
    while (await isAlive(this.state)) await sleep(pollInterval, undefined, { ref: false })
  }

  async #describe(status: Ending['status']): Promise<Exit> {
    this.#gone.abort()
    this.release()
    const { consoleLog, consoleStart, root } = this.state
    const [console, log] = await Promise.all([readTail(consoleLog, { from: consoleStart }), readTail(join(root, files.log))])
    const lastWord = lastError(log, console)
    return describeExit({
      killed: this.#killed,
      halted: this.#halted,
      asked: this.#asked,
      console,
      ...(status ? { status } : {}),
      ...(lastWord ? { lastWord } : {}),
    })
  }
}
