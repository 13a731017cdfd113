import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2'
import { signalStatus } from '../interrupt.ts'
import { enterRawMode } from '../terminal/raw-mode.ts'
import { onSignals } from '../terminal/signals.ts'
import { terminalSize } from '../terminal/size.ts'

/**
 * Runs a command, or a login shell, over an SSH connection on this process's own stdin, stdout and stderr.
 * @param command as `ssh` takes it: words joined by spaces, for the guest's shell; undefined for a login shell
 * @returns the status to exit with
 */
export async function runSsh(connection: Client, command: string | undefined, tty: boolean): Promise<number> {
  const channel = await openChannel(connection, command, tty)
  using _raw = tty ? enterRawMode(process.stdin) : undefined
  let received: NodeJS.Signals | undefined
  using _signals = onSignals((name) => {
    received = name
    connection.destroy()
  })
  const onResize = (): void => {
    const { rows, cols } = terminalSize()
    channel.setWindow(rows, cols, 0, 0)
  }
  if (tty) process.on('SIGWINCH', onResize)
  try {
    const status = await joinStreams(connection, channel)
    return received === undefined ? status : signalStatus(received)
  } finally {
    process.off('SIGWINCH', onResize)
    process.stdin.unpipe(channel)
    process.stdin.pause()
    connection.end()
  }
}

function openChannel(connection: Client, command: string | undefined, tty: boolean): Promise<ClientChannel> {
  const pty: PseudoTtyOptions | false = tty && { ...terminalSize(), term: process.env.TERM ?? 'xterm' }
  return new Promise((resolve, reject) => {
    const opened = (error: Error | undefined, channel: ClientChannel): void => (error ? reject(error) : resolve(channel))
    if (command === undefined) connection.shell(pty, opened)
    else connection.exec(command, pty ? { pty } : {}, opened)
  })
}

/** 255 when the connection ends before the program, as `ssh` has it. */
function joinStreams(connection: Client, channel: ClientChannel): Promise<number> {
  let status = 255
  channel.once('exit', (code: number | null, signal?: string) => {
    // RFC 4254 names signals without SIG.
    status = code ?? signalStatus(`SIG${signal?.replace(/^SIG/, '')}` as NodeJS.Signals)
  })
  process.stdin.pipe(channel)
  // The reader of our output may go; the program learns of it by the connection's end.
  process.stdout.on('error', () => connection.destroy())
  channel.pipe(process.stdout, { end: false })
  channel.stderr.pipe(process.stderr, { end: false })
  return new Promise((resolve) => {
    const done = (): void => resolve(status)
    channel.once('close', done)
    channel.on('error', done)
    connection.on('error', done)
    connection.once('close', done)
  })
}
