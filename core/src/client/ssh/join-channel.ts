import type { Client, ClientChannel } from 'ssh2'
import { signalStatus } from '../interrupt.ts'

/**
 * Joins a program at the other end of an SSH channel to this process's own stdin, stdout and stderr.
 * @returns the status to exit with: the program's, 128 + n when a signal ended it, or 255 when the connection ends before it,
 * as `ssh` has it
 */
export function joinChannel(connection: Client, channel: ClientChannel): Promise<number> {
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
  return new Promise<number>((resolve) => {
    const done = (): void => resolve(status)
    channel.once('close', done)
    channel.on('error', done)
    connection.on('error', done)
    connection.once('close', done)
  }).finally(() => {
    process.stdin.unpipe(channel)
    process.stdin.pause()
  })
}
