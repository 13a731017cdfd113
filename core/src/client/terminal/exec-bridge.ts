import type { Duplex, Readable, Writable } from 'node:stream'
import { BangerError, type ErrorBody, fail } from '../../errors.ts'
import type { ExecExit } from '../../guest/messages.ts'
import { encodeFrame, encodeResize, FrameDecoder, maxPayload, streamId } from '../../protocol/stdio-mux.ts'
import { guestError } from './guest-error.ts'
import { type Outlet, writeThrough } from './write-through.ts'

export interface ExecStreams {
  stdin: Readable
  stdout: Writable
  stderr: Writable
}

export interface ExecBridge {
  /**
   * How the command ended, once all its output has been written.
   * Rejects with what the guest reports when it did not run, or daemon.lost when the connection broke.
   */
  exit: Promise<ExecExit>
  signal(name: NodeJS.Signals): void
  resize(rows: number, cols: number): void
  /** Hangs up, which ends the command. */
  close(): void
}

/**
 * Joins local streams to a command in a guest (stdio_mux_v1, docs/guest-channel.md), with back-pressure both ways.
 * When the reader of stdout goes, the command gets SIGPIPE, as it would have from a local pipe.
 * @param connection an exec connection of the daemon, its command started
 * @param log the daemon's log file, for messages
 */
export function bridgeExec(connection: Duplex, streams: ExecStreams, log: string): ExecBridge {
  const send = (frame: Buffer): boolean => connection.writable && connection.write(frame)
  const signal = (name: NodeJS.Signals): void => void send(encodeFrame(streamId.signal, Buffer.from(name)))
  const stopInput = sendInput(streams.stdin, connection, send)
  const outlets = { stdout: writeThrough(streams.stdout, () => signal('SIGPIPE')), stderr: writeThrough(streams.stderr) }
  const exit = receive(connection, outlets, log).finally(() => {
    stopInput()
    connection.destroy()
  })
  return {
    exit,
    signal,
    resize: (rows, cols) => void send(encodeResize(rows, cols)),
    close: () => connection.destroy(),
  }
}

async function receive(connection: Duplex, outlets: { stdout: Outlet; stderr: Outlet }, log: string): Promise<ExecExit> {
  const decoder = new FrameDecoder()
  try {
    for await (const chunk of connection) {
      for (const { id, payload } of decoder.push(chunk as Buffer)) {
        if (id === streamId.stdout) await outlets.stdout.write(payload)
        else if (id === streamId.stderr) await outlets.stderr.write(payload)
        else if (id === streamId.error) throw guestError(JSON.parse(payload.toString()) as ErrorBody)
        else if (id === streamId.exit) {
          await Promise.all([outlets.stdout.drained(), outlets.stderr.drained()])
          return JSON.parse(payload.toString()) as ExecExit
        }
      }
    }
  } catch (error) {
    if (error instanceof BangerError) throw error
    throw fail('daemon.lost', { log }, error)
  }
  throw fail('daemon.lost', { log })
}

/** @returns a function that lets go of the input */
function sendInput(stdin: Readable, connection: Duplex, send: (frame: Buffer) => boolean): () => void {
  const onData = (chunk: Buffer | string): void => {
    const bytes = Buffer.from(chunk as Buffer)
    for (let at = 0; at < bytes.length; at += maxPayload) {
      if (!send(encodeFrame(streamId.stdin, bytes.subarray(at, at + maxPayload)))) stdin.pause()
    }
  }
  const onDrain = (): void => void stdin.resume()
  const onEnd = (): void => void send(encodeFrame(streamId.stdin))
  stdin.on('data', onData).once('end', onEnd).once('error', onEnd)
  connection.on('drain', onDrain)
  // Handled where the connection is read.
  connection.on('error', () => {})
  return () => {
    connection.off('drain', onDrain)
    stdin.off('data', onData).off('end', onEnd).off('error', onEnd).pause()
  }
}
