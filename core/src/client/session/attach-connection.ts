import type { Duplex } from 'node:stream'
import { BangerError, type ErrorBody, fail } from '../../errors.ts'
import type { ExecExit } from '../../guest/messages.ts'
import type { Attached, AttachStart } from '../../protocol/session.ts'
import {
  decodeOffset,
  encodeFrame,
  encodeJson,
  encodeOffset,
  type Frame,
  FrameDecoder,
  streamId,
} from '../../protocol/stdio-mux.ts'
import { guestError } from '../terminal/guest-error.ts'
import type { Outlet } from '../terminal/write-through.ts'
import type { InputWindow } from './input-window.ts'
import type { OutputPosition } from './output-position.ts'

/** Milliseconds that the session has to see a client off. */
const farewell = 1000

/** Bytes of output after which they are confirmed, and milliseconds of silence. */
const ackEvery = 1024 * 1024
const ackSilence = 100

/** A client's place at a session, which outlives its connections. */
export interface Place {
  /** Name of the session, for errors. */
  session: string
  who: Pick<AttachStart, 'token' | 'pid' | 'command'>
  input: InputWindow
  position: OutputPosition
  stdout: Outlet
  stderr: Outlet
  /** When the session last said that this client is attached: milliseconds since 1970. */
  attachedAt?: number
  /** Whether stdin had ended before this client came. */
  inputClosed?: boolean
  /** Sends what the input window has; set while a connection stands. */
  sendInput(): void
  /** The session has taken input: there is room for more. */
  onRoom(): void
  /** Output is missing: so many bytes of it. */
  onMissing(bytes: number): void
}

export interface AttachConnection {
  /**
   * How the session ended, once all its output has been written; undefined when the client has left.
   * Rejects with what the session reports, session.taken-over, or daemon.lost when the connection broke.
   */
  ended: Promise<ExecExit | undefined>
  /** Leaves: the session goes on, and the next one to attach begins where this one has got to. */
  leave(): void
}

/** Carries one connection of an attach to its end. docs/sessions.md has the protocol. */
export function attachConnection(socket: Duplex, place: Place, log: string): AttachConnection {
  const { current } = place.position
  let confirmed = current ?? 0
  let left = false
  const send = (frame: Buffer): boolean => socket.writable && socket.write(frame)
  const confirm = (): void => {
    const now = place.position.current
    if (now === undefined || now === confirmed) return
    confirmed = now
    send(encodeOffset(streamId.ack, now))
  }
  const silence = setInterval(confirm, ackSilence)
  const leave = (): void => {
    left = true
    confirm()
    socket.end()
    setTimeout(() => socket.destroy(), farewell).unref()
  }
  place.sendInput = () => {
    for (let payload = place.input.shift(); payload; payload = place.input.shift()) send(encodeFrame(streamId.stdin, payload))
  }
  // Handled where it is read.
  socket.on('error', () => undefined)
  send(encodeJson(streamId.start, { ...place.who, ...(current === undefined ? {} : { from: current }) }))
  const ended = receive(socket, place, () => (place.position.current ?? 0) - confirmed >= ackEvery && confirm())
    .then((exit) => {
      if (exit) leave()
      else if (!left) throw fail('daemon.lost', { log })
      return exit
    })
    .catch((error: unknown) => {
      if (left) return undefined
      throw error instanceof BangerError ? error : fail('daemon.lost', { log }, error)
    })
    .finally(() => {
      clearInterval(silence)
      place.sendInput = () => undefined
      if (!left) socket.destroy()
    })
  return { ended, leave }
}

async function receive(socket: Duplex, place: Place, onOutput: () => void): Promise<ExecExit | undefined> {
  const decoder = new FrameDecoder()
  // Leaving ends our half, and the rest is read to its end.
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    for (const frame of decoder.push(chunk as Buffer)) {
      const exit = await obey(frame, place)
      if (exit) return exit
    }
    onOutput()
  }
  return undefined
}

async function obey({ id, payload }: Frame, place: Place): Promise<ExecExit | undefined> {
  const { input, position, stdout, stderr } = place
  if (id === streamId.stdout) await stdout.write(payload)
  else if (id === streamId.stderr) await stderr.write(payload)
  else if (id === streamId.exit) await Promise.all([stdout.drained(), stderr.drained()])
  else if (id === streamId.error) throw guestError(JSON.parse(payload.toString()) as ErrorBody)
  else if (id === streamId.attached) {
    const attached = JSON.parse(payload.toString()) as Attached
    if (!input.connect(attached)) throw fail('session.taken-over', { name: place.session })
    place.inputClosed ??= attached.stdinEnded
    place.attachedAt = Date.now()
    place.sendInput()
    place.onRoom()
  } else if (id === streamId.ack) {
    input.taken(decodeOffset(payload) ?? 0)
    place.sendInput()
    place.onRoom()
  } else if (id === streamId.position) {
    const missing = position.arrive(decodeOffset(payload) ?? 0)
    if (missing > 0) place.onMissing(missing)
  }
  position.pass(id, payload)
  return id === streamId.exit ? (JSON.parse(payload.toString()) as ExecExit) : undefined
}
