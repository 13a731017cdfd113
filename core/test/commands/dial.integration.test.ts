import { randomBytes } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeDaemon, fakeDaemon, json } from '../client/fake-daemon.ts'
import { cliArgs, cliEnv, runCli } from './run-cli.ts'

/** On a busy machine. */
const soon = { timeout: 10_000 }

let daemon: FakeDaemon
let guest: Server
let serve: (socket: Socket) => void

beforeEach(async () => {
  daemon = await fakeDaemon()
  guest = createServer({ allowHalfOpen: true }, (socket) => serve(socket.on('error', () => {})))
  await new Promise<void>((resolve) => guest.listen(0, '127.0.0.1', resolve))
  daemon.upgrades['POST /v1/vms/box/dial?port=80'] = (socket) => {
    const { port } = guest.address() as { port: number }
    const inner = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => socket.destroy())
    socket.pipe(inner).pipe(socket)
  }
})
afterEach(async () => {
  await daemon[Symbol.asyncDispose]()
  guest.close()
})

describe('vm dial', () => {
  it('waits with --wait until sshd is installed, and ends with the reason when it cannot be', async () => {
    const states = ['running', 'failed']
    daemon.routes['GET /v1/vms/box/health'] = (_call, response) =>
      json(response, { firstBoot: [{ name: 'sshd', state: states.shift(), detail: 'Not here.' }] })
    daemon.refusals['POST /v1/vms/box/dial?port=22'] = { code: 'guest.dial-failed', message: 'Nothing answers.' }
    const { code, stderr } = await runCli(daemon.env, ['vm', 'dial', 'box', '22', '--wait'])
    expect([code, stderr]).toEqual([125, expect.stringMatching(/^Waiting for sshd, which[\s\S]*Not here\./)])
  })

  it('joins stdin and stdout to a port, binary clean, and tells the end of stdin', async () => {
    const sent = randomBytes(3_000_000)
    serve = async (socket) => {
      const received = await buffer(socket)
      socket.end(Buffer.from(received).reverse())
    }
    const child = start()
    child.stdin.end(sent)
    const [answer] = await Promise.all([buffer(child.stdout), exit(child)])
    expect(answer.equals(Buffer.from(sent).reverse())).toBe(true)
  })

  it('closes stdout when the guest ends its half, and still sends', async () => {
    let received: Buffer | undefined
    serve = async (socket) => {
      socket.end('greeting')
      received = await buffer(socket)
    }
    const child = start()
    expect((await buffer(child.stdout)).toString()).toBe('greeting')
    child.stdin.end('late words')
    expect(await exit(child)).toBe(0)
    await expect.poll(() => received?.toString(), soon).toBe('late words')
  })

  it('ends when its reader goes', async () => {
    serve = (socket) => void socket.pipe(socket).write('x'.repeat(1000))
    const child = start()
    child.stdout.destroy()
    child.stdin.on('error', () => {})
    child.stdin.write('y'.repeat(200_000))
    expect(await Promise.race([exit(child), sleep(5000)])).toBe(0)
  })

  it('exits with 125 and the reason for a VM that does not run', async () => {
    expect(await runCli(daemon.env, ['vm', 'dial', 'other', '22'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('is stopped'),
    })
    expect((await runCli(daemon.env, ['vm', 'dial', 'box', '70000'])).code).toBe(2)
  })
})

function start() {
  return spawn(process.execPath, [...cliArgs, 'vm', 'dial', 'box', '80'], {
    env: cliEnv(daemon.env),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

function exit(child: ReturnType<typeof start>): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve))
}
