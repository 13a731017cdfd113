import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Duplex } from 'node:stream'
import type { ExecStart } from '../../src/guest/messages.ts'
import { encodeFrame, encodeJson, FrameDecoder, streamId } from '../../src/protocol/stdio-mux.ts'

export interface FakeGuest {
  /** What `exec` was asked to run, and which signals and window sizes came. */
  starts: ExecStart[]
  signals: string[]
  sizes: { rows: number; cols: number }[]
  /** Connections that were closed before their command ended. */
  hungUp: number
}

/** The agent's exec, on this machine: pipes only, and no terminal for the command. */
export function fakeGuest(): FakeGuest & { serve(socket: Duplex): void } {
  const guest: FakeGuest = { starts: [], signals: [], sizes: [], hungUp: 0 }
  return Object.assign(guest, { serve: (socket: Duplex) => serveExec(guest, socket) })
}

function serveExec(guest: FakeGuest, socket: Duplex): void {
  const decoder = new FrameDecoder()
  let handle: ((id: number, payload: Buffer) => void) | undefined
  socket.on('data', (chunk: Buffer) => {
    for (const { id, payload } of decoder.push(chunk)) {
      if (id === streamId.start) handle = start(guest, JSON.parse(payload.toString()) as ExecStart, socket)
      else handle?.(id, payload)
    }
  })
}

function start(guest: FakeGuest, request: ExecStart, socket: Duplex): (id: number, payload: Buffer) => void {
  guest.starts.push(request)
  const [program = '', ...args] = request.argv
  const child = spawn(program, args, { cwd: '/', env: { PATH: process.env.PATH, ...request.env }, detached: true, stdio: 'pipe' })
  let ended = false
  const finish = (frame: Buffer): void => {
    ended = true
    socket.end(frame)
  }
  const forward = (id: number, stream: NodeJS.ReadableStream): void => {
    stream.on('data', (bytes: Buffer) => {
      if (socket.writable && !socket.write(encodeFrame(id, bytes))) stream.pause()
    })
    socket.on('drain', () => stream.resume())
  }
  forward(streamId.stdout, child.stdout)
  forward(streamId.stderr, child.stderr)
  child.stdin.on('error', () => {})
  child.on('error', (error: NodeJS.ErrnoException) => {
    const code = error.code === 'EACCES' ? 'guest.command-not-executable' : 'guest.command-not-found'
    finish(encodeJson(streamId.error, { code, message: `${program}: cannot be run.` }))
  })
  child.on('close', (code, signal) => {
    if (!ended) finish(encodeJson(streamId.exit, signal ? { code: 128 + constants.signals[signal], signal } : { code }))
  })
  const hangUp = (): void => {
    if (ended) return
    ended = true
    guest.hungUp += 1
    if (child.pid) process.kill(-child.pid, 'SIGKILL')
    socket.destroy()
  }
  // A unix socket that was closed looks like one whose peer ended its half, until something is written.
  socket.on('end', hangUp).on('close', hangUp)
  return (id, payload) => {
    if (id === streamId.stdin) payload.length > 0 ? child.stdin.write(payload) : child.stdin.end()
    else if (id === streamId.resize) guest.sizes.push({ rows: payload.readUInt16BE(0), cols: payload.readUInt16BE(2) })
    else if (id === streamId.signal) {
      guest.signals.push(payload.toString())
      if (child.pid) process.kill(-child.pid, payload.toString() as NodeJS.Signals)
    }
  }
}
