import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { PassThrough, Readable, type Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { AgentClient } from '../../src/guest/agent-client.ts'
import type { GuestConfig } from '../../src/hooks/guest-config.ts'
import type { Exit } from '../../src/hooks/vmm.ts'
import { startStandIn, type StandIn } from './agent-stand-in.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<{ agent: AgentClient; guest: StandIn }> {
  const guest = await startStandIn(answer)
  const agent = new AgentClient(guest.open, 'devbox')
  cleanups.push(
    () => guest.close(),
    () => agent.close(),
  )
  return { agent, guest }
}

const json = (response: Http2ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
const health = { version: '0', phase: 'waiting', kernel: '6', init: '', uptime: 1, firstBoot: [], services: [] }

describe('small requests', () => {
  test('share one connection', async () => {
    const seen: string[] = []
    const { agent, guest } = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      json(response, request.url.endsWith('ports') ? [] : health)
    })
    await Promise.all([agent.health(), agent.ports(), agent.health()])
    expect(seen.sort()).toEqual(['GET /v1/health', 'GET /v1/health', 'GET /v1/ports'])
    expect(guest.connections).toBe(1)
  })

  test('carry their body as JSON', async () => {
    const { agent } = await serve(async (request, response) => {
      const body: unknown = JSON.parse(await text(request))
      json(response, { warnings: [`${request.method} ${JSON.stringify(body)}`] })
    })
    expect(await agent.configure({ hostname: 'devbox' } as never)).toEqual({ warnings: ['PUT {"hostname":"devbox"}'] })
  })

  test('connect anew after the connection was lost', async () => {
    const { agent, guest } = await serve((_, response) => json(response, health))
    await agent.health()
    guest.cut()
    await sleep(20)
    expect(await agent.health()).toEqual(health)
    expect(guest.connections).toBe(2)
  })

  test("turn the agent's error into guest.refused with its message", async () => {
    const { agent } = await serve((_, response) => json(response, { code: 'clock.failed', message: 'no such clock' }, 500))
    await expect(agent.setClock(1)).rejects.toMatchObject({
      code: 'guest.refused',
      message: 'The guest refused: no such clock',
      hint: 'Look at its console with: banger vm logs devbox',
    })
  })

  test('keep a code of the catalogue', async () => {
    const { agent } = await serve((_, response) =>
      json(response, { code: 'guest.command-not-found', message: 'nano: no such command' }, 404),
    )
    await expect(agent.stats()).rejects.toMatchObject({
      code: 'guest.command-not-found',
      message: 'nano: no such command',
      status: 404,
    })
  })

  test('survive an error that is no JSON', async () => {
    const { agent } = await serve((_, response) => void response.writeHead(502).end('gone fishing'))
    await expect(agent.ports()).rejects.toMatchObject({ code: 'guest.refused', message: 'The guest refused: gone fishing' })
  })

  test('refuse an answer that is no JSON', async () => {
    const { agent } = await serve((_, response) => void response.end('[1,'))
    await expect(agent.ports()).rejects.toMatchObject({ code: 'guest.refused' })
  })

  test('name the VM when the connection is lost meanwhile', async () => {
    const { agent, guest } = await serve(() => guest.cut())
    await expect(agent.health()).rejects.toMatchObject({
      code: 'guest.unreachable',
      message: expect.stringContaining('"devbox"'),
    })
  })

  test('fail at once on a closed client', async () => {
    const { agent } = await serve((_, response) => json(response, health))
    agent.close()
    await expect(agent.health()).rejects.toMatchObject({ code: 'guest.unreachable' })
  })

  test('under way fail when the client is closed', async () => {
    const { agent } = await serve(() => agent.close())
    await expect(agent.health()).rejects.toMatchObject({ code: 'guest.unreachable' })
  })
})

describe('waitReady', () => {
  const never = new Promise<Exit>(() => {})

  test('tries until the guest is there', async () => {
    const guest = await startStandIn((_, response) => json(response, health))
    let attempts = 0
    const agent = new AgentClient(async (signal) => {
      if (++attempts < 4) throw new Error('connect ENOENT agent.sock')
      return guest.open(signal)
    })
    cleanups.push(
      () => guest.close(),
      () => agent.close(),
    )
    expect(await agent.waitReady({ timeout: 5000, exited: never })).toEqual(health)
    expect(attempts).toBe(4)
  })

  test('says why it gave up when time is up', async () => {
    const agent = new AgentClient(() => Promise.reject(new Error('connect ENOENT agent.sock')), 'devbox')
    await expect(agent.waitReady({ timeout: 80 })).rejects.toMatchObject({
      code: 'guest.unreachable',
      message: 'The guest of "devbox" does not answer: connect ENOENT agent.sock',
    })
  })

  test('gives up on a guest that connects and then says nothing', async () => {
    const { agent } = await serve(() => {})
    await expect(agent.waitReady({ timeout: 150 })).rejects.toMatchObject({ code: 'guest.unreachable' })
  })

  test('ends when the machine does', async () => {
    const agent = new AgentClient(() => Promise.reject(new Error('not yet')), 'devbox')
    const exited = Promise.resolve<Exit>({ reason: 'guest-panic', detail: 'The guest kernel panicked.' })
    await expect(agent.waitReady({ timeout: 60_000, exited })).rejects.toMatchObject({
      code: 'guest.unreachable',
      message: expect.stringContaining('The guest kernel panicked.'),
    })
  })

  test('asks for nothing when it was told to stop before', async () => {
    const agent = new AgentClient(() => new Promise(() => {}))
    const asked = agent.configure({} as GuestConfig, AbortSignal.abort(new Error('interrupted')))
    await expect(asked).rejects.toThrow('interrupted')
  })

  test('ends with the reason of its signal', async () => {
    const abort = new AbortController()
    const agent = new AgentClient(() => new Promise(() => {}))
    const waiting = agent.waitReady({ timeout: 60_000, signal: abort.signal })
    abort.abort(new Error('interrupted'))
    await expect(waiting).rejects.toThrow('interrupted')
  })
})

/** What a stream ends in: its bytes, and the error's code. */
async function outcome(stream: Readable): Promise<{ bytes: string; error?: unknown }> {
  let bytes = ''
  try {
    for await (const chunk of stream) bytes += String(chunk)
    return { bytes }
  } catch (error) {
    return { bytes, error: (error as { code?: unknown }).code }
  }
}

describe('streams', () => {
  test('carry bytes both ways and end each way by itself', async () => {
    const { agent } = await serve((request, response) => {
      response.writeHead(200)
      response.write('begin ')
      let size = 0
      request.on('data', (chunk: Buffer) => (size += chunk.length))
      request.on('end', () => setTimeout(() => response.end(`${size}`), 30))
    })
    const stream = agent.exec()
    stream.write('abc')
    stream.end('def')
    expect(await outcome(stream)).toEqual({ bytes: 'begin 6' })
  })

  test('stay writable when the answer has ended first', async () => {
    const received = Promise.withResolvers<string>()
    const { agent } = await serve((request, response) => {
      response.writeHead(200)
      response.end('done')
      void text(request).then(received.resolve)
    })
    const stream = agent.dial(22)
    stream.resume()
    await once(stream, 'end')
    stream.write('still ')
    await sleep(20)
    stream.end('here')
    expect(await received.promise).toBe('still here')
  })

  test('end cleanly when the agent answers without reading the request', async () => {
    const { agent } = await serve((request, response) => {
      response.writeHead(200)
      response.end('exit', () => request.stream.close(0))
    })
    const stream = agent.exec()
    stream.on('error', () => {})
    stream.write('first')
    await sleep(50)
    stream.write('nobody reads this')
    expect(await outcome(stream)).toEqual({ bytes: 'exit' })
    expect(stream.errored).toBeNull()
  })

  test('end in an error when the answer is cut off', async () => {
    for (const cut of [
      (response: Http2ServerResponse) => response.stream.close(8),
      (response: Http2ServerResponse) => response.stream.close(2),
      (response: Http2ServerResponse) => response.stream.session?.destroy(),
      (_: Http2ServerResponse, guest: StandIn) => guest.cut(),
    ]) {
      const { agent, guest } = await serve((_, response) => {
        response.writeHead(200)
        response.write('half', () => setTimeout(() => cut(response, guest), 20))
      })
      expect(await outcome(agent.getFiles('/etc'))).toEqual({ bytes: 'half', error: 'guest.unreachable' })
    }
  })

  test('reset the request when destroyed', async () => {
    const closed = Promise.withResolvers<number | undefined>()
    const { agent } = await serve((request, response) => {
      response.writeHead(200)
      response.write('running')
      request.stream.on('close', () => closed.resolve(request.stream.rstCode))
    })
    const stream = agent.exec()
    await once(stream, 'data')
    stream.destroy()
    expect(await closed.promise).toBe(8)
  })

  test('may be destroyed before the connection stands', async () => {
    const { agent, guest } = await serve(() => {})
    const stream = agent.exec()
    stream.write('abc')
    stream.destroy()
    await once(stream, 'close')
    await sleep(30)
    expect(guest.connections).toBe(1)
  })

  test("end in the agent's error", async () => {
    const { agent } = await serve((_, response) => json(response, { code: 'dial.refused', message: 'connection refused' }, 502))
    expect(await outcome(agent.dial(9))).toEqual({ bytes: '', error: 'guest.refused' })
  })

  test('carry 64 MiB each way unchanged', async () => {
    const { agent } = await serve((request, response) => {
      response.writeHead(200)
      request.pipe(response)
    })
    const block = randomBytes(1 << 20)
    const [sent, received] = [createHash('sha256'), createHash('sha256')]
    const stream = agent.dial(1)
    stream.on('data', (chunk: Buffer) => received.update(chunk))
    Readable.from(
      (function* () {
        for (let i = 0; i < 64; i++) {
          sent.update(block)
          yield block
        }
      })(),
    ).pipe(stream)
    await once(stream, 'end')
    expect(received.digest('hex')).toBe(sent.digest('hex'))
  })

  test('hold the sender back while nobody reads', async () => {
    const { agent } = await serve((request, response) => {
      response.writeHead(200)
      request.pipe(response)
    })
    const stream: Duplex = agent.dial(1)
    let sent = 0
    const source = Readable.from(
      (function* () {
        for (let i = 0; i < 400; i++) {
          sent += 1 << 20
          yield Buffer.alloc(1 << 20)
        }
      })(),
    )
    source.pipe(stream)
    await sleep(500)
    expect(sent).toBeLessThan(100 << 20)
    source.destroy()
    stream.destroy()
  })
})

describe('putFiles', () => {
  test('gives what the agent counted', async () => {
    const { agent } = await serve(async (request, response) =>
      json(response, { entries: 1, bytes: (await text(request)).length }),
    )
    expect(await agent.putFiles('/root/a b', Readable.from(['tar', 'tar']))).toEqual({ entries: 1, bytes: 6 })
  })

  test("ends in the agent's error while the upload is under way", async () => {
    const { agent } = await serve((_, response) => json(response, { code: 'files.invalid', message: 'no tar' }, 400))
    const endless = new PassThrough()
    endless.write('x')
    await expect(agent.putFiles('/root', endless)).rejects.toMatchObject({ code: 'guest.refused' })
  })

  test("ends in the source's error and resets the request", async () => {
    const closed = Promise.withResolvers<number | undefined>()
    const { agent } = await serve((request) => {
      request.resume()
      request.stream.on('close', () => closed.resolve(request.stream.rstCode))
    })
    const source = new PassThrough()
    source.write('half a tar')
    setTimeout(() => source.destroy(new Error('disk on fire')), 50)
    await expect(agent.putFiles('/root', source)).rejects.toThrow('disk on fire')
    expect(await closed.promise).toBe(8)
  })
})
