import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ErrorBody } from '../../src/errors.ts'
import type { OperationLine } from '../../src/protocol/api.ts'
import type { DaemonInfo, Vm } from '../../src/protocol/model.ts'
import { type Paths, resolvePaths } from '../../src/store/paths.ts'

export interface Call {
  method: string
  path: string
  body: unknown
}

export type Route = (call: Call, response: ServerResponse, request: IncomingMessage) => void | Promise<void>
export type UpgradeRoute = (socket: Duplex, request: IncomingMessage) => void

export interface FakeDaemon extends AsyncDisposable {
  paths: Paths
  /** The environment that leads a CLI to it. */
  env: Record<string, string>
  calls: Call[]
  /** `GET /v1/vms` and what answers it. */
  routes: Record<string, Route>
  /** `POST /v1/vms/box/exec` and what takes its connection over. */
  upgrades: Record<string, UpgradeRoute>
  /** Why an upgrade is refused that nobody takes over; `vm.not-running` unless told. */
  refusals: Record<string, ErrorBody>
  /** Drops every connection and stops listening. */
  stop(): Promise<void>
}

/** An HTTP server on a unix socket in a folder of its own, that answers what a test tells it to. */
export async function fakeDaemon(): Promise<FakeDaemon> {
  const home = await mkdtemp(join(tmpdir(), 'banger-fake-'))
  const env = fakeEnvironment(home)
  const paths = resolvePaths(env)
  await import('node:fs/promises').then(({ mkdir }) => mkdir(paths.state, { recursive: true }))
  const daemon: Pick<FakeDaemon, 'calls' | 'routes' | 'upgrades' | 'refusals'> = {
    calls: [],
    routes: {},
    upgrades: {},
    refusals: {},
  }
  const sockets = new Set<Duplex>()
  const server = createServer(async (request, response) => {
    const call = { method: request.method ?? '', path: request.url ?? '', body: await readBody(request) }
    daemon.calls.push(call)
    response.setHeader('banger-version', '0.1.0')
    const route = daemon.routes[`${call.method} ${call.path}`]
    if (route) await route(call, response, request)
    else
      json(
        response,
        { code: 'vm.not-found', message: `There is nothing at ${call.method} ${call.path}.`, hint: 'Look elsewhere.' },
        404,
      )
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    daemon.calls.push({ method: request.method ?? '', path: request.url ?? '', body: undefined })
    const route = daemon.upgrades[`${request.method} ${request.url}`]
    if (!route) {
      const reason = daemon.refusals[`${request.method} ${request.url}`]
      const body = JSON.stringify(reason ?? { code: 'vm.not-running', message: 'The VM "box" is stopped.' })
      socket.end(
        `HTTP/1.1 409 Conflict\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      )
      return
    }
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${request.headers.upgrade}\r\n\r\n`)
    if (head.length > 0) socket.unshift(head)
    route(socket, request)
  })
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve))
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return {
    ...daemon,
    paths,
    env,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Everything that banger keeps, below `home`. */
export function fakeEnvironment(home: string): Record<string, string> {
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
  }
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

/** The start of an operation's answer; `send` writes one line. */
export function operation(response: ServerResponse): { send(line: OperationLine): void; end(): void } {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  return { send: (line) => void response.write(`${JSON.stringify(line)}\n`), end: () => void response.end() }
}

/** A route that answers an operation with its result at once. */
export function result(value: unknown): Route {
  return (_call, response) => {
    const answer = operation(response)
    answer.send({ type: 'result', value })
    answer.end()
  }
}

export function fakeVm(changes: Partial<Vm> = {}): Vm {
  return {
    id: 'abcdefghijkl',
    name: 'box',
    state: 'running',
    image: 'debian-bookworm',
    kernel: 'generic-6.1',
    vmm: 'qemu',
    network: 'user',
    vcpus: 2,
    memory: 1024,
    disk: 20_480,
    publish: [],
    ephemeral: false,
    createdAt: Date.now() - 3_600_000,
    warnings: [],
    consoleLog: '/nowhere/console.log',
    ...changes,
  }
}

export function fakeInfo(changes: Partial<DaemonInfo> = {}): DaemonInfo {
  return {
    version: '0.1.0',
    pid: process.pid,
    startedAt: Date.now(),
    socket: '/s',
    log: '/l',
    dirs: { config: '/c', state: '/s', cache: '/k', data: '/d' },
    plugins: [],
    vms: { running: 0, total: 0 },
    ...changes,
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}
