import { type ChildProcess, execSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { connect, createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DaemonClient } from '../../src/client/daemon-client.ts'
import { attachSession } from '../../src/client/session/attach-session.ts'
import { printOutput } from '../../src/client/session/print-output.ts'
import { SessionsClient } from '../../src/client/session/sessions-client.ts'
import { sessionRoutes } from '../../src/daemon/routes/sessions.ts'
import { createServer, listen } from '../../src/daemon/server.ts'
import { rebuildSockets, type SessionSockets, sessionSockets } from '../../src/daemon/session-sockets.ts'
import { AgentClient } from '../../src/guest/agent-client.ts'
import { openPreamble } from '../../src/guest/preamble.ts'
import type { Machine } from '../../src/hooks/vmm.ts'
import type { StartSession } from '../../src/protocol/session.ts'
import { silentLog } from '../fakes.ts'
import { type FakeEngine, fakeEngine } from '../lifecycle/fake-engine.ts'
import { aVm } from '../samples.ts'

const binary = join(import.meta.dirname, '../../../build/bin/banger-vsock-agent')

/** The routes and sockets of a daemon that can be killed, the real agent as a process of this machine, the real client. */
describe.skipIf(!existsSync(binary))('sessions (skipped when build/bin/banger-vsock-agent is missing)', () => {
  let engine: FakeEngine
  let guest: ChildProcess
  let channel: string
  let daemon: { kill(): Promise<void>; sockets: SessionSockets }
  let sessions: SessionsClient
  const notes: string[] = []

  async function startDaemon() {
    const agent = new AgentClient(async (signal) => openPreamble(connect(channel), signal ? { signal } : {}), 'box')
    engine.live.set('abcdefghijkl', { machine: {} as Machine, agent })
    const server: FastifyInstance = createServer(silentLog)
    const sockets = sessionSockets(engine, engine.paths.sessions)
    sessionRoutes(server, engine, sockets)
    await listen(server, engine.paths.socket)
    rebuildSockets(engine, sockets)
    return {
      sockets,
      async kill() {
        // In this order: a daemon that is killed says nothing to the agent.
        agent.close()
        sockets.close('abcdefghijkl')
        await server.close()
      },
    }
  }

  beforeAll(async () => {
    engine = await fakeEngine()
    engine.store.vms.put(aVm({ state: 'running' }))
    channel = join(engine.paths.state, 'agent.sock')
    guest = spawn(binary, ['serve', '--unix', channel, '--preamble', '--root', join(engine.paths.state, 'root')])
  })
  beforeEach(async () => {
    notes.length = 0
    daemon = await startDaemon()
    const client = new DaemonClient({ socket: engine.paths.socket, log: 'the log' })
    sessions = new SessionsClient(client, 'box')
  })
  afterEach(async () => {
    for (const { id } of await sessions.list()) await sessions.delete(id, true)
    await daemon.kill()
  })
  afterAll(async () => {
    guest.kill('SIGKILL')
    await engine.close()
  })

  const shell = (script: string, rest: Partial<StartSession> = {}): StartSession => ({
    argv: ['sh', '-c', script],
    cwd: '/',
    stdinMode: 'pipe',
    ...rest,
  })

  /** Kills the daemon again and again while the output grows. @returns how often that was */
  async function killOften(times: number, length: () => number): Promise<number> {
    let kills = 0
    for (let seen = 0; kills < times; seen = length()) {
      const grew = await expect
        .poll(length, { timeout: 20_000, interval: 5 })
        .toBeGreaterThan(seen)
        .then(
          () => true,
          () => false,
        )
      if (!grew) break
      await sleep(30)
      await daemon.kill()
      kills += 1
      await sleep(50)
      daemon = await startDaemon()
    }
    return kills
  }

  function collector(): { stream: Writable; bytes: () => Buffer } {
    const chunks: Buffer[] = []
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk)
        done()
      },
    })
    return { stream, bytes: () => Buffer.concat(chunks) }
  }

  function attach(session: string, stdin: Readable, signal = new AbortController().signal) {
    const stdout = collector()
    const note = (text: string): void => void notes.push(text)
    const options = { sessions, session, input: true, command: `test attach ${session}`, log: 'the log', signal, note }
    const status = attachSession({ ...options, streams: { stdin, stdout: stdout.stream, stderr: new PassThrough() } })
    return { status, output: stdout.bytes }
  }

  async function logs(session: string, stream?: 'stdout' | 'stderr', follow = false): Promise<string> {
    const output = collector()
    const note = (text: string): void => void notes.push(text)
    await printOutput({ sessions, session, follow, output: output.stream, log: 'the log', note, ...(stream ? { stream } : {}) })
    return output.bytes().toString()
  }

  test('start, end, keep their output and status, and go when they are deleted', async () => {
    const started = await sessions.start(shell('echo out; echo err >&2; exit 7', { name: 'one', stdinMode: 'detached' }))
    expect(started).toMatchObject({ name: 'one', vm: 'box', stdinMode: 'detached' })
    expect(started.socket).toBeUndefined()
    expect((await logs('one', undefined, true)).split('\n').sort()).toEqual(['', 'err', 'out'])
    expect(await logs('one', 'stderr')).toBe('err\n')
    await expect.poll(() => sessions.show(started.id)).toMatchObject({ state: 'ended', exit: { code: 7 } })
    expect((await sessions.list()).map(({ name }) => name)).toEqual(['one'])
    await expect(sessions.show('oen')).rejects.toMatchObject({ hint: expect.stringMatching(/^Did you mean "one"\? /) })
    await sessions.delete('one', false)
    await expect(sessions.show('one')).rejects.toMatchObject({ code: 'session.not-found' })
    await expect(logs('one')).rejects.toMatchObject({ code: 'session.not-found' })
  })

  test('say all that is missing, and what to do', async () => {
    const start = { argv: ['no-such-command'], cwd: '/no/such/folder', requireCommands: ['sh', 'nor-this'] }
    await expect(sessions.start(start)).rejects.toMatchObject({
      code: 'session.preflight',
      message: expect.stringMatching(/\/no\/such\/folder, the command no-such-command and the command nor-this/),
      hint: expect.stringContaining('Install'),
    })
    await expect(sessions.start({ argv: [] })).rejects.toMatchObject({ code: 'usage' })
    await expect(sessions.start({ argv: ['true'], name: 'no/name' })).rejects.toMatchObject({ code: 'vm.bad-name' })
    await sessions.start(shell('true', { name: 'one' }))
    await expect(sessions.start(shell('true', { name: 'one' }))).rejects.toMatchObject({ code: 'session.exists' })
    expect((await sessions.start(shell('true'))).name).toMatch(/^[a-z]+-[a-z]+/)
  })

  test('with a pipe have a socket of mode 0600, which goes with them', async () => {
    const { socket = '', id } = await sessions.start(shell('exec cat'))
    expect(statSync(socket).mode & 0o7777).toBe(0o600)
    await expect(sessions.delete(id, false)).rejects.toMatchObject({ code: 'session.running' })
    await sessions.delete(id, true)
    expect(existsSync(socket)).toBe(false)
  })

  test('can be stopped and killed', async () => {
    await sessions.start(shell('trap "exit 4" TERM; echo ready; while :; do sleep 0.01; done', { name: 'one' }))
    await expect.poll(() => logs('one')).toBe('ready\n')
    expect((await sessions.stop('one')).exit).toEqual({ code: 4 })
    await sessions.start(shell('exec sleep 60', { name: 'two' }))
    expect((await sessions.kill('two')).exit).toEqual({ code: 137, signal: 'SIGKILL' })
  })

  test('get stdin and its end, and give their status', async () => {
    await sessions.start(shell('cat; exit 5', { name: 'one' }))
    const { status, output } = attach('one', Readable.from([Buffer.from('abc'), Buffer.from('def')]))
    expect(await status).toBe(5)
    expect(output().toString()).toBe('abcdef')
  })

  test('that ended while nobody was attached give what they wrote, and their status', async () => {
    const { id } = await sessions.start(shell('echo hello; exit 3'))
    await expect.poll(() => sessions.show(id)).toMatchObject({ state: 'ended' })
    const { status, output } = attach(id, new PassThrough())
    expect(await status).toBe(3)
    expect(output().toString()).toBe('hello\n')
  })

  test('refuse a second client and name the first, until that leaves', async () => {
    await sessions.start(shell('echo hello; exec cat', { name: 'one' }))
    const leaving = new AbortController()
    const first = attach('one', new PassThrough(), leaving.signal)
    await expect.poll(() => first.output().toString()).toBe('hello\n')
    await expect(attach('one', new PassThrough()).status).rejects.toMatchObject({
      code: 'session.attached',
      message: expect.stringContaining(`pid ${process.pid} (test attach one)`),
    })
    leaving.abort()
    expect(await first.status).toBeUndefined()
    const next = attach('one', Readable.from([Buffer.from('more')]))
    expect(await next.status).toBe(0)
    expect(next.output().toString()).toBe('more')
  })

  test('without a pipe refuse every client', async () => {
    await sessions.start(shell('true', { name: 'one', stdinMode: 'detached' }))
    await expect(attach('one', new PassThrough()).status).rejects.toMatchObject({ code: 'session.detached' })
  })

  test('carry every byte once and in order, both ways, while the daemon is killed again and again', async () => {
    await sessions.start(shell('exec cat', { name: 'one' }))
    const block = randomBytes(1 << 16)
    const sent = createHash('sha256')
    const input = Readable.from(
      (function* () {
        for (let index = 0; index < 800; index++) {
          block.writeUInt32BE(index)
          sent.update(block)
          yield Buffer.from(block)
        }
      })(),
    )
    const { status, output } = attach('one', input)
    const kills = killOften(6, () => output().length)
    expect(await status).toBe(0)
    expect(await kills).toBeGreaterThan(2)
    expect(createHash('sha256').update(output()).digest('hex')).toBe(sent.digest('hex'))
    expect(notes).toEqual([])
  })

  test('carry every byte of a command that writes as fast as it can, while the daemon is killed three times', async () => {
    const script = 'seq 20000000'
    await sessions.start(shell(script, { name: 'one' }))
    const received = createHash('sha256')
    let length = 0
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        received.update(chunk)
        length += chunk.length
        done()
      },
    })
    const { signal } = new AbortController()
    const options = { sessions, session: 'one', input: true, command: 'test', log: 'the log', signal, note: () => undefined }
    const status = attachSession({ ...options, streams: { stdin: new PassThrough(), stdout, stderr: new PassThrough() } })
    const kills = killOften(3, () => length)
    expect(await status).toBe(0)
    expect(await kills).toBe(3)
    expect(received.digest('hex')).toBe(execSync(`${script} | sha256sum`, { encoding: 'utf8' }).split(' ')[0])
  })

  test('are followed over a restart of the daemon', async () => {
    await sessions.start(shell('echo before; read line; echo after', { name: 'one' }))
    const output = new PassThrough()
    const following = printOutput({ sessions, session: 'one', follow: true, output, log: 'the log', note: () => undefined })
    await expect.poll(() => output.readableLength).toBe(7)
    await daemon.kill()
    daemon = await startDaemon()
    await attach('one', Readable.from([Buffer.from('\n')])).status
    await following
    expect(String(output.read())).toBe('before\nafter\n')
  })

  test('have their sockets again after a restart of the daemon, and none of earlier ones', async () => {
    const { socket = '' } = await sessions.start(shell('exec cat'))
    await daemon.kill()
    const stale = createSocketServer().listen(join(engine.paths.sessions, 'stale.sock'))
    daemon = await startDaemon()
    await expect.poll(() => existsSync(socket)).toBe(true)
    expect(readdirSync(engine.paths.sessions)).toHaveLength(1)
    stale.close()
  })

  test('say that output is missing when more came than is kept', async () => {
    const { id } = await sessions.start(shell('head -c 50000000 /dev/zero'))
    await expect.poll(() => sessions.show(id), { timeout: 20_000 }).toMatchObject({ state: 'ended' })
    await logs(id)
    expect(notes).toEqual([expect.stringMatching(/^\d+ bytes of output are not kept any more\.$/)])
  })
})
