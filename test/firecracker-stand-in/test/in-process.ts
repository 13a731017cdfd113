import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../api/fault.ts'
import { parseOperation } from '../api/operations.ts'
import { serveHttp } from '../http/server.ts'
import type { Guest } from '../qemu/guest.ts'
import { type HostFiles, hostFiles } from '../vm/host-files.ts'
import { MicroVm } from '../vm/micro-vm.ts'

/** The stand-in's API in this process, with a guest that is none. */
export class InProcess implements AsyncDisposable {
  readonly dir: string
  readonly socket: string
  readonly #close: () => Promise<void>

  private constructor(dir: string, socket: string, close: () => Promise<void>) {
    this.dir = dir
    this.socket = socket
    this.#close = close
  }

  static async start(): Promise<InProcess> {
    const dir = await mkdtemp(join(tmpdir(), 'banger-stand-in-'))
    const socket = join(dir, 'api.sock')
    const vm = new MicroVm({
      id: 'test',
      version: '1.17.0-stand-in',
      mmdsLimit: 51_200,
      host,
      boot: async () => noGuest,
      setLog: async () => {},
    })
    const server = serveHttp(51_200, async (request) => {
      try {
        const { deprecated, ...operation } = parseOperation(request)
        const value = await vm.handle({ ...operation, deprecated })
        return value === undefined ? { status: 204, deprecated } : { status: 200, body: JSON.stringify(value), deprecated }
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        return { status: error.status, body: JSON.stringify({ fault_message: error.message }) }
      }
    }).listen(socket)
    await once(server, 'listening')
    return new InProcess(dir, socket, async () => {
      server.close()
      await rm(dir, { recursive: true, force: true })
    })
  }

  async connect(): Promise<Socket> {
    const socket = connect(this.socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  /** Sends a request on a connection of its own. @returns the status, and the fault's message or the body */
  async send(method: string, path: string, body?: unknown): Promise<[number, string]> {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${text ? `Content-Length: ${Buffer.byteLength(text)}\r\n` : ''}\r\n`
    const { status, body: answer } = await this.exchange(head + text)
    return [status, faultIn(answer)]
  }

  /** Sends bytes as they are and reads one answer. */
  async exchange(bytes: string): Promise<{ status: number; head: string; body: string }> {
    const socket = await this.connect()
    socket.write(bytes)
    const answer = await readAnswer(socket)
    socket.destroy()
    return answer
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close()
  }
}

/** @throws when the connection closes before there is a whole answer */
export async function readAnswer(socket: Socket): Promise<{ status: number; head: string; body: string }> {
  let text = ''
  for (;;) {
    const end = text.indexOf('\r\n\r\n')
    const head = text.slice(0, end)
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
    if (end >= 0 && Buffer.byteLength(text.slice(end + 4)) >= length)
      return { status: Number(head.split(' ')[1]?.slice(0, 3)), head, body: text.slice(end + 4) }
    const chunk = await Promise.race([once(socket, 'data') as Promise<[Buffer]>, once(socket, 'close').then(() => undefined)])
    if (!chunk) throw new Error(`the connection was closed after ${JSON.stringify(text)}`)
    text += chunk[0].toString()
  }
}

function faultIn(body: string): string {
  try {
    const { fault_message } = JSON.parse(body) as { fault_message?: string }
    return fault_message ?? body
  } catch {
    return body
  }
}

/** The real one, on which devices named `tap…` exist. */
const host: HostFiles = {
  ...hostFiles,
  tapProblem: (name) => (name.startsWith('tap') ? undefined : hostFiles.tapProblem(name)),
}

const noGuest: Guest = { pause: async () => {}, resume: async () => {}, pressCtrlAltDel: async () => {}, inflate: async () => {} }
