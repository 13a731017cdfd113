import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '../../src/protocol/session.ts'
import { encodeFrame, encodeJson, encodeOffset, type Frame, FrameDecoder, streamId } from '../../src/protocol/stdio-mux.ts'
import { type FakeDaemon, fakeDaemon, json } from '../client/fake-daemon.ts'
import { runCli, startCli } from './run-cli.ts'

/** On a busy machine. */
const soon = { timeout: 10_000 }

let daemon: FakeDaemon
let session: Session
/** What clients of the session's socket have sent. */
let received: Frame[]
let server: Server

beforeEach(async () => {
  daemon = await fakeDaemon()
  session = {
    id: 'abcdefghijkl',
    name: 'planner',
    vm: 'box',
    argv: ['pi', '--mode', 'r p c'],
    cwd: '/root/repo',
    user: 'root',
    stdinMode: 'pipe',
    state: 'running',
    pid: 310,
    startedAt: Date.now() - 60_000,
    output: { oldest: 0, end: 2048 },
    attached: { pid: 4242, command: 'banger vm session attach box planner', since: 0, connected: true },
    socket: join(daemon.paths.state, 'planner.sock'),
  }
  for (const name of ['planner', session.id])
    daemon.routes[`GET /v1/vms/box/sessions/${name}`] = (_call, response) => json(response, session)
  received = []
})
afterEach(async () => {
  server?.close()
  await daemon[Symbol.asyncDispose]()
})

/** A session that has already said `hello`. */
function serveSession(then: (socket: Socket) => void = () => undefined): void {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    const decoder = new FrameDecoder()
    socket.on('error', () => undefined).on('end', () => socket.end())
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        received.push(frame)
        if (frame.id !== streamId.start) continue
        const attached = { stdin: 0, stdinTaken: 0, stdinEnded: false, stdinWindow: 1 << 20 }
        socket.write(encodeJson(streamId.attached, attached))
        socket.write(encodeOffset(streamId.position, 0))
        socket.write(encodeFrame(streamId.stdout, Buffer.from('hello\n')))
        then(socket)
      }
    })
  }).listen(session.socket)
}

const ids = () => received.map(({ id }) => id)

describe('vm session start', () => {
  beforeEach(() => {
    daemon.routes['POST /v1/vms/box/sessions'] = (_call, response) => json(response, session)
  })

  it('sends all it was told, and says how to go on', async () => {
    const flags = ['--name', 'planner', '--cwd', '/root/repo', '--stdin-mode', 'pipe', '--user', 'me', '--env', 'A=b=c']
    const required = ['--require-command', 'git', '--require-command', 'jq']
    const command = ['--', 'pi', '--name', 'x']
    const result = await runCli(daemon.env, ['vm', 'session', 'start', 'box', ...flags, ...required, ...command])
    expect(result).toMatchObject({
      code: 0,
      stdout: 'planner in box is running\n',
      stderr: 'Attach to it: banger vm session attach box planner\n',
    })
    expect(daemon.calls[0]?.body).toEqual({
      name: 'planner',
      argv: ['pi', '--name', 'x'],
      cwd: '/root/repo',
      user: 'me',
      env: { A: 'b=c' },
      stdinMode: 'pipe',
      requireCommands: ['git', 'jq'],
    })
  })

  it('without a command or with another stdin mode is a wrong use', async () => {
    for (const args of [['box'], ['box', '--'], ['box', '--stdin-mode', 'tty', '--', 'true']]) {
      const result = await runCli(daemon.env, ['vm', 'session', 'start', ...args])
      expect([result.code, result.stdout]).toEqual([2, ''])
    }
    expect(daemon.calls).toEqual([])
  })
})

describe('vm session list and show', () => {
  it('show state, holder, socket and command', async () => {
    daemon.routes['GET /v1/vms/box/sessions'] = (_call, response) => json(response, [session])
    const list = await runCli(daemon.env, ['vm', 'session', 'list', 'box'])
    expect(list.stdout).toMatch(/^NAME +STATE +STDIN +ATTACHED PID[^\n]*\nplanner +running +pipe +4242 .*pi --mode 'r p c'\n$/)
    const show = await runCli(daemon.env, ['vm', 'session', 'show', 'box', 'planner'])
    expect(show.stdout).toContain(`socket:    ${session.socket}`)
    expect(show.stdout).toContain('pid 4242 (banger vm session attach box planner)')
    const shown = await runCli(daemon.env, ['vm', 'session', 'show', 'box', 'planner', '--json'])
    expect(JSON.parse(shown.stdout)).toEqual(session)
  })

  it('say how to start one where there is none', async () => {
    daemon.routes['GET /v1/vms/box/sessions'] = (_call, response) => json(response, [])
    const list = await runCli(daemon.env, ['vm', 'session', 'list', 'box'])
    expect([list.stdout, list.stderr]).toEqual(['', expect.stringContaining('vm session start box -- COMMAND')])
  })
})

describe('vm session attach', () => {
  it('says who it is, hands stdin and its end on, and exits with the status', async () => {
    serveSession((socket) => {
      socket.on('data', () => {
        if (received.some(({ id, payload }) => id === streamId.stdin && payload.length === 0))
          socket.write(encodeJson(streamId.exit, { code: 7 }))
      })
    })
    const { child, ended } = startCli(daemon.env, ['vm', 'session', 'attach', 'box', 'planner'])
    child.stdin?.end('input')
    expect(await ended).toMatchObject({ code: 7, stdout: 'hello\n', stderr: '' })
    const start: unknown = JSON.parse(String(received[0]?.payload))
    expect(start).toEqual({
      token: expect.stringMatching(/^[0-9a-f]{32}$/),
      pid: child.pid,
      command: 'banger vm session attach box planner',
    })
    expect(received.find(({ id }) => id === streamId.stdin)?.payload.toString()).toBe('input')
  })

  it('leaves at Ctrl-C, and what was written is confirmed', async () => {
    serveSession()
    const { child, ended } = startCli(daemon.env, ['vm', 'session', 'attach', 'box', 'planner'])
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('The session goes on') })
    await expect.poll(() => received.at(-1), soon).toEqual({ id: streamId.ack, payload: Buffer.from([0, 0, 0, 0, 0, 0, 0, 11]) })
  })

  it('leaves stdin alone when told to', async () => {
    serveSession((socket) => setTimeout(() => socket.write(encodeJson(streamId.exit, { code: 0 })), 300))
    expect((await runCli(daemon.env, ['vm', 'session', 'attach', 'box', 'planner', '--no-stdin'], 'input')).code).toBe(0)
    expect(ids()).not.toContain(streamId.stdin)
  })

  it('exits with 125 when the session has no pipe', async () => {
    const { socket: _none, ...rest } = session
    session = { ...rest, stdinMode: 'detached' }
    expect(await runCli(daemon.env, ['vm', 'session', 'attach', 'box', 'planner'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('--stdin-mode pipe'),
    })
  })
})

describe('vm session logs', () => {
  beforeEach(() => {
    daemon.routes['GET /v1/vms/box/sessions/abcdefghijkl/output?from=0&follow=false'] = (_call, response) => {
      response.write(encodeOffset(streamId.position, 100))
      response.write(encodeFrame(streamId.stdout, Buffer.from('out\n')))
      response.end(encodeFrame(streamId.stderr, Buffer.from('err\n')))
    }
  })

  it('prints both streams, and on stderr what is missing', async () => {
    expect(await runCli(daemon.env, ['vm', 'session', 'logs', 'box', 'planner'])).toMatchObject({
      code: 0,
      stdout: 'out\nerr\n',
      stderr: 'Note: 100 bytes of output are not kept any more.\n',
    })
  })

  it('prints one of them', async () => {
    expect((await runCli(daemon.env, ['vm', 'session', 'logs', 'box', 'planner', '--stream', 'stderr'])).stdout).toBe('err\n')
  })
})
