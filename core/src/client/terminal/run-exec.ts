import type { Duplex } from 'node:stream'
import type { ExecExit, ExecStart } from '../../guest/messages.ts'
import { signalStatus } from '../interrupt.ts'
import { bridgeExec, type ExecBridge } from './exec-bridge.ts'
import { enterRawMode } from './raw-mode.ts'
import { onSignals } from './signals.ts'
import { terminalSize } from './size.ts'

/** Milliseconds that the command has to end after a signal before the connection is closed. */
const patience = 2000

export interface RunExecOptions {
  /** An exec connection of the daemon, whose command was started with `startOf` the same `tty`. */
  connection: Duplex
  tty: boolean
  /** The daemon's log file, for messages. */
  log: string
}

/** Whether this process talks to a person: stdin, stdout and stderr are all terminals. */
export function isInteractive(): boolean {
  return Boolean(process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY)
}

/** What starts a command in a guest, with or without a terminal as large as this one. */
export function startOf(command: Omit<ExecStart, 'tty'>, tty: boolean): ExecStart {
  return { ...command, tty: tty && { ...terminalSize(), term: process.env.TERM ?? 'xterm' } }
}

/**
 * Carries a command in a guest on this process's own stdin, stdout and stderr.
 * @returns the status to exit with: the command's, or 128 + n when a signal ended it or this process
 * @throws what the guest reports when the command did not run; daemon.lost
 */
export function runExec(options: RunExecOptions): Promise<number> {
  return options.tty ? runOnTerminal(options) : runOnPipes(options)
}

/** Signals go to the command. A second SIGINT, or no end within `patience`, hangs up. */
async function runOnPipes({ connection, log }: RunExecOptions): Promise<number> {
  const bridge = bridgeExec(connection, process, log)
  let received: NodeJS.Signals | undefined
  let timer: NodeJS.Timeout | undefined
  using _ = onSignals((name) => {
    if (received !== undefined && name === 'SIGINT') return bridge.close()
    received = name
    bridge.signal(name)
    timer ??= setTimeout(bridge.close, patience)
  })
  try {
    return await exitStatus(bridge, () => received)
  } finally {
    clearTimeout(timer)
  }
}

/** Keys go to the command, Ctrl-C too; a signal from elsewhere hangs up. */
async function runOnTerminal({ connection, log }: RunExecOptions): Promise<number> {
  using _raw = enterRawMode(process.stdin)
  const bridge = bridgeExec(connection, process, log)
  let received: NodeJS.Signals | undefined
  using _signals = onSignals((name) => {
    received = name
    bridge.close()
  })
  const onResize = (): void => {
    const { rows, cols } = terminalSize()
    bridge.resize(rows, cols)
  }
  process.on('SIGWINCH', onResize)
  try {
    return await exitStatus(bridge, () => received)
  } finally {
    process.off('SIGWINCH', onResize)
  }
}

async function exitStatus(bridge: ExecBridge, received: () => NodeJS.Signals | undefined): Promise<number> {
  try {
    const { code }: ExecExit = await bridge.exit
    return code
  } catch (error) {
    const signal = received()
    if (signal !== undefined) return signalStatus(signal)
    throw error
  }
}
