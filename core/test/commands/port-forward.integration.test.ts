import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PublishedPort } from '../../src/hooks/network.ts'
import { type FakeDaemon, fakeDaemon, json } from '../client/fake-daemon.ts'
import { type RunningCli, runCli, startCli } from './run-cli.ts'

/** On a busy machine. */
const soon = { timeout: 10_000 }

describe('vm port-forward', () => {
  let daemon: FakeDaemon
  let guest: Server
  let serve: (socket: Socket) => void
  const running = new Set<RunningCli>()

  beforeEach(async () => {
    daemon = await fakeDaemon()
    daemon.routes['GET /v1/vms/box/health'] = (_call, response) => json(response, {})
    guest = createServer({ allowHalfOpen: true }, (socket) => serve(socket.on('error', () => {})))
    guest.listen(0, '127.0.0.1')
    await once(guest, 'listening')
    daemon.upgrades['POST /v1/vms/box/dial?port=80'] = (socket) => {
      const inner = connect({ port: portOf(guest), host: '127.0.0.1', allowHalfOpen: true }).on('error', () => socket.destroy())
      socket.pipe(inner).pipe(socket)
    }
  })
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL')
    running.clear()
    await daemon[Symbol.asyncDispose]()
    guest.close()
  })

  async function forward(...words: string[]): Promise<{ cli: RunningCli; ports: number[] }> {
    const cli = startCli(daemon.env, ['vm', 'port-forward', 'box', ...words, '--json'])
    running.add(cli)
    let said = ''
    cli.child.stdout?.on('data', (chunk) => (said += chunk))
    await expect.poll(() => said, soon).toMatch(/\]\n$/)
    return { cli, ports: (JSON.parse(said) as PublishedPort[]).map(({ hostPort }) => hostPort) }
  }

  it('carries many connections at once, binary clean, each direction ending by itself', async () => {
    serve = async (socket) => {
      const received = await buffer(socket)
      socket.end(createHash('sha256').update(received).digest('hex'))
    }
    const { ports } = await forward(':80')
    const answers = Array.from({ length: 50 }, async (_, index) => {
      const bytes = randomBytes(index * 10_000)
      const socket = connect({ port: ports[0] ?? 0, host: '127.0.0.1', allowHalfOpen: true })
      socket.end(bytes)
      return (await text(socket)) === createHash('sha256').update(bytes).digest('hex')
    })
    expect(new Set(await Promise.all(answers))).toEqual(new Set([true]))
  })

  it('says where it listens, and ends with status 0 on Ctrl-C, connections and all', async () => {
    serve = (socket) => void socket.write('hello')
    const cli = startCli(daemon.env, ['vm', 'port-forward', 'box', ':80', ':80'])
    let said = ''
    cli.child.stdout?.on('data', (chunk) => (said += chunk))
    await expect.poll(() => said, soon).toMatch(/^127\.0\.0\.1:(\d+) -> box:80\n127\.0\.0\.1:\d+ -> box:80\n$/)
    const socket = connect(Number(/:(\d+) /.exec(said)?.[1]), '127.0.0.1').on('error', () => {})
    await once(socket, 'data')
    cli.child.kill('SIGINT')
    await once(socket, 'close')
    expect(await cli.ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('resets a connection that nothing answers, says why once, and goes on', async () => {
    const { cli, ports } = await forward(':81')
    let said = ''
    cli.child.stderr?.on('data', (chunk) => (said += chunk))
    for (let round = 0; round < 3; round++) {
      const [error] = (await once(
        connect(ports[0] ?? 0, '127.0.0.1').on('connect', () => undefined),
        'error',
      )) as [NodeJS.ErrnoException]
      expect(error.code).toBe('ECONNRESET')
    }
    expect(said).toBe('box:81: The VM "box" is stopped.\n')
  })

  it('ends when the VM is gone', async () => {
    const { cli, ports } = await forward(':82')
    daemon.refusals['POST /v1/vms/box/dial?port=82'] = { code: 'vm.not-found', message: 'There is no VM named "box".' }
    connect(ports[0] ?? 0, '127.0.0.1').on('error', () => {})
    expect(await cli.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('no VM named') })
  })

  it('names a port that is taken, and then listens on none', async () => {
    const taken = portOf(guest)
    const free = await freePort()
    const result = await runCli(daemon.env, ['vm', 'port-forward', 'box', `${free}:80`, `${taken}:80`])
    expect(result).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${taken} .* in use already[\\s\\S]*port-forward box <port>:80`)),
    })
    await expect(once(connect(free, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('refuses a VM that does not run, and a port that is none', async () => {
    expect((await runCli(daemon.env, ['vm', 'port-forward', 'other', '80'])).code).toBe(1)
    expect(await runCli(daemon.env, ['vm', 'port-forward', 'box', 'http'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"http"'),
    })
    expect((await runCli(daemon.env, ['vm', 'port-forward', 'box'])).code).toBe(2)
  })
})

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  return port
}
