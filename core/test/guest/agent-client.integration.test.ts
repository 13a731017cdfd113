import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AgentClient } from '../../src/guest/agent-client.ts'
import { openPreamble } from '../../src/guest/preamble.ts'
import { encodeFrame, encodeJson, FrameDecoder, streamId } from '../../src/protocol/stdio-mux.ts'

const binary = join(import.meta.dirname, '../../../build/bin/banger-vsock-agent')

/** The real agent, as a process of this machine. */
describe.skipIf(!existsSync(binary))('the real agent (skipped when build/bin/banger-vsock-agent is missing)', () => {
  let folder: string
  let process_: ChildProcess
  let agent: AgentClient
  let channel: Socket | undefined

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'banger-agent-'))
    const socket = join(folder, 'agent.sock')
    process_ = spawn(binary, ['serve', '--unix', socket, '--preamble', '--root', join(folder, 'root')], { stdio: 'inherit' })
    agent = new AgentClient(async (signal) => {
      channel = connect(socket)
      return openPreamble(channel, signal ? { signal } : {})
    }, 'devbox')
  })

  afterAll(async () => {
    agent.close()
    process_.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  /** Runs a command to its end: what it wrote, and its last frame. */
  async function exec(argv: string[], stdin: Uint8Array | string = '') {
    const stream = agent.exec()
    stream.write(encodeJson(streamId.start, { argv }))
    if (stdin.length > 0) stream.write(encodeFrame(streamId.stdin, Buffer.from(stdin)))
    stream.end(encodeFrame(streamId.stdin))
    const frames = new FrameDecoder()
    const result = { stdout: '', stderr: '', last: undefined as unknown }
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (const { id, payload } of frames.push(chunk)) {
        if (id === streamId.stdout) result.stdout += payload
        else if (id === streamId.stderr) result.stderr += payload
        else result.last = { id, ...(JSON.parse(payload.toString()) as object) }
      }
    }
    return result
  }

  test('is waited for from the moment it was started on', async () => {
    expect(await agent.waitReady({ timeout: 10_000 })).toMatchObject({ phase: 'waiting' })
  })

  test('runs a command with separate outputs and its exit status', async () => {
    expect(await exec(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      last: { id: streamId.exit, code: 7 },
    })
  })

  test('passes stdin on, and its end', async () => {
    expect(await exec(['wc', '-c'], 'abc')).toMatchObject({ stdout: '3\n', last: { code: 0 } })
  })

  test('answers a command that does not exist with an error frame', async () => {
    expect(await exec(['no-such-command'])).toMatchObject({ last: { id: streamId.error, code: 'guest.command-not-found' } })
  })

  test('ends a command that reads no more while its input still comes', async () => {
    const stream = agent.exec()
    stream.on('error', () => {})
    stream.write(encodeJson(streamId.start, { argv: ['head', '-c', '1'] }))
    const block = encodeFrame(streamId.stdin, Buffer.alloc(1 << 16))
    const writing = setInterval(() => stream.write(block), 1)
    const frames = new FrameDecoder()
    const seen: number[] = []
    for await (const chunk of stream as AsyncIterable<Buffer>) for (const { id } of frames.push(chunk)) seen.push(id)
    clearInterval(writing)
    expect(seen).toEqual([streamId.stdout, streamId.exit])
  })

  test('ends the command of a stream that is destroyed', async () => {
    const stream = agent.exec()
    stream.write(encodeJson(streamId.start, { argv: ['sh', '-c', 'echo $$; exec sleep 1000'] }))
    const [chunk] = (await once(stream, 'data')) as [Buffer]
    const pid = Number(new FrameDecoder().push(chunk)[0]?.payload.toString())
    expect(pid).toBeGreaterThan(1)
    stream.destroy()
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false)
  })

  test('carries 64 MiB through a command unchanged', async () => {
    const stream = agent.exec()
    const [sent, received] = [createHash('sha256'), createHash('sha256')]
    const block = randomBytes(1 << 18)
    stream.write(encodeJson(streamId.start, { argv: ['cat'] }))
    const writing = pipeline(
      Readable.from(
        (function* () {
          for (let i = 0; i < 256; i++) {
            sent.update(block)
            yield encodeFrame(streamId.stdin, block)
          }
          yield encodeFrame(streamId.stdin)
        })(),
      ),
      stream,
    )
    const frames = new FrameDecoder()
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (const { id, payload } of frames.push(chunk)) if (id === streamId.stdout) received.update(payload)
    }
    await writing
    expect(received.digest('hex')).toBe(sent.digest('hex'))
  })

  test('serves a next connection after one was cut in the middle of an answer', async () => {
    const stream = agent.exec()
    stream.write(encodeJson(streamId.start, { argv: ['cat', '/dev/zero'] }))
    await once(stream, 'data')
    channel?.destroy()
    agent.close()
    await expect(once(stream, 'end')).rejects.toMatchObject({ code: 'guest.unreachable' })
    agent = new AgentClient(async (signal) => {
      channel = connect(join(folder, 'agent.sock'))
      return openPreamble(channel, signal ? { signal } : {})
    }, 'devbox')
    expect(await agent.waitReady({ timeout: 10_000 })).toMatchObject({ phase: 'waiting' })
  })

  test('dials, and lets each side end its half', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let text = ''
      socket.on('data', (chunk) => (text += chunk))
      socket.on('end', () => socket.end(text.toUpperCase()))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const stream = agent.dial(port)
    stream.end('hello')
    expect((await stream.toArray()).join('')).toBe('HELLO')
    expect((await agent.ports()).find((listener) => listener.port === port)).toMatchObject({
      protocol: 'tcp',
      address: '127.0.0.1',
    })
    server.close()
    await expect(agent.dial(port).toArray()).rejects.toMatchObject({ code: 'guest.dial-failed' })
  })

  test('takes files in and gives them back', async () => {
    const tar = pack()
    tar.entry({ name: 'a/b.txt', mode: 0o640 }, 'content')
    tar.finalize()
    expect(await agent.putFiles('/in', Readable.from(tar as AsyncIterable<Uint8Array>))).toMatchObject({ bytes: 7 })
    expect(await readFile(join(folder, 'root/in/a/b.txt'), 'utf8')).toBe('content')
    const names: string[] = []
    const unpacked = extract()
    unpacked.on('entry', (header, body, next) => {
      names.push(header.name)
      body.resume()
      body.on('end', next)
    })
    await pipeline(agent.getFiles('/in/a'), unpacked)
    expect(names.map((name) => name.replace(/\/$/, ''))).toEqual(['a', 'a/b.txt'])
  })

  test('says what is wrong with files', async () => {
    await expect(agent.getFiles('/no/such/file').toArray()).rejects.toMatchObject({ code: 'guest.bad-path' })
    const noTar = new PassThrough()
    noTar.end(Buffer.alloc(2048, 'x'))
    await expect(agent.putFiles('/bad', noTar)).rejects.toMatchObject({
      code: expect.stringMatching(/^guest\./),
    })
  })

  test('reports its load', async () => {
    const stats = await agent.stats()
    expect(stats.memory.total).toBeGreaterThan(stats.memory.available)
    expect(stats.cpu.count).toBeGreaterThan(0)
  })
})

async function isRunning(pid: number): Promise<boolean> {
  return access(`/proc/${pid}`).then(
    () => true,
    () => false,
  )
}
