import { randomBytes } from 'node:crypto'
import type { Duplex, Readable } from 'node:stream'
import { fail } from '../../errors.ts'
import type { ExecExit } from '../../guest/messages.ts'
import { connectionError } from '../http.ts'
import type { ExecStreams } from '../terminal/exec-bridge.ts'
import { writeThrough } from '../terminal/write-through.ts'
import { type AttachConnection, attachConnection, type Place } from './attach-connection.ts'
import { InputWindow } from './input-window.ts'
import { mayPass, patience, retryEvery, sleep } from './may-pass.ts'
import { OutputPosition } from './output-position.ts'
import type { SessionsClient } from './sessions-client.ts'

export interface AttachOptions {
  sessions: SessionsClient
  /** Name or id. */
  session: string
  streams: ExecStreams
  /** Whether stdin goes to the session, and its end. */
  input: boolean
  /** What others are told who is attached. */
  command: string
  /** Leaves the session, which goes on. */
  signal: AbortSignal
  /** The daemon's log file, for messages. */
  log: string
  /** Something that the user should know. */
  note(text: string): void
}

/**
 * Joins local streams to a session until it ends, also over restarts of the daemon.
 * @returns the status to exit with, or undefined when the signal or the reader of stdout ended it
 * @throws session.detached, session.attached, session.lost, …; daemon.lost when it does not come back
 */
export async function attachSession(options: AttachOptions): Promise<number | undefined> {
  const { sessions, log } = options
  const { id, name } = await sessions.show(options.session)
  const readerGone = new AbortController()
  const leaving = AbortSignal.any([options.signal, readerGone.signal])
  const place = newPlace(options, name, () => readerGone.abort())
  const stopInput = options.input ? feed(options.streams.stdin, place, options.note) : () => undefined
  let brokenSince: number | undefined
  try {
    while (!leaving.aborted) {
      try {
        const connection = attachConnection(await connectTo(sessions, id, log), place, log)
        return (await untilLeft(connection, leaving))?.code
      } catch (error) {
        if (place.attachedAt === undefined || !mayPass(error)) throw error
        if (brokenSince === undefined || brokenSince < place.attachedAt) brokenSince = Date.now()
        if (Date.now() > brokenSince + patience) throw error
      }
      await sleep(retryEvery)
    }
    return undefined
  } finally {
    stopInput()
  }
}

function newPlace({ command, streams, note }: AttachOptions, session: string, onReaderGone: () => void): Place {
  return {
    session,
    who: { token: randomBytes(16).toString('hex'), pid: process.pid, command },
    input: new InputWindow(),
    position: new OutputPosition(),
    stdout: writeThrough(streams.stdout, onReaderGone),
    stderr: writeThrough(streams.stderr),
    onMissing: (bytes) => note(`${bytes} bytes of output are missing here: more than is kept came while nobody was attached.`),
    onRoom: () => undefined,
    sendInput: () => undefined,
  }
}

/** @returns a function that lets go of stdin */
function feed(stdin: Readable, place: Place, note: (text: string) => void): () => void {
  let told = false
  const onData = (chunk: Buffer | string): void => {
    if (place.inputClosed && !told) note("The session's stdin has ended before: what you send goes nowhere.")
    told ||= Boolean(place.inputClosed)
    place.input.add(Buffer.from(chunk as Buffer))
    place.sendInput()
    if (place.input.full) stdin.pause()
  }
  const onEnd = (): void => {
    place.input.add(undefined)
    place.sendInput()
  }
  place.onRoom = () => {
    if (!place.input.full) stdin.resume()
  }
  stdin.on('data', onData).once('end', onEnd).once('error', onEnd)
  return () => {
    place.onRoom = () => undefined
    stdin.off('data', onData).off('end', onEnd).off('error', onEnd).pause()
  }
}

/** @throws session.detached, and what may pass when the socket is not there yet */
async function connectTo(sessions: SessionsClient, id: string, log: string): Promise<Duplex> {
  const { socket: path, name } = await sessions.show(id)
  if (path === undefined) throw fail('session.detached', { name })
  const { connect } = process.getBuiltinModule('node:net')
  const socket = connect({ path, allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error) => reject(connectionError(error, { log })))
  })
  return socket
}

async function untilLeft(connection: AttachConnection, leaving: AbortSignal): Promise<ExecExit | undefined> {
  const onLeave = (): void => connection.leave()
  if (leaving.aborted) onLeave()
  leaving.addEventListener('abort', onLeave, { once: true })
  try {
    return await connection.ended
  } finally {
    leaving.removeEventListener('abort', onLeave)
  }
}
