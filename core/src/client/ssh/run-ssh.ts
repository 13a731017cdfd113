import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2'
import { signalStatus } from '../interrupt.ts'
import { enterRawMode } from '../terminal/raw-mode.ts'
import { onSignals } from '../terminal/signals.ts'
import { terminalSize } from '../terminal/size.ts'
import { joinChannel } from './join-channel.ts'

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
    const status = await joinChannel(connection, channel)
    return received === undefined ? status : signalStatus(received)
  } finally {
    process.off('SIGWINCH', onResize)
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
