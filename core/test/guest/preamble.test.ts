import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { duplexPair, type Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openPreamble } from '../../src/guest/preamble.ts'

/** Answers a preamble with `before`, the line, `after`, cut into chunks at `cuts`. */
async function answer(peer: Duplex, before: Buffer, after: Buffer, cuts: number[]): Promise<void> {
  const [line] = (await once(peer, 'data')) as [Buffer]
  const whole = Buffer.concat([before, line, after])
  const borders = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const to of [...borders, whole.length]) {
    if (to > from) peer.write(whole.subarray(from, to))
    from = to
    if (to % 3 === 0) await new Promise(setImmediate)
  }
}

function readExactly(stream: Duplex, size: number): Promise<Buffer> {
  let all = Buffer.alloc(0)
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk])
      if (all.length >= size) resolve(all)
    })
  })
}

describe('openPreamble', () => {
  test('writes a line with a fresh nonce of 32 hexadecimal digits', async () => {
    const [host, guest] = duplexPair()
    const opened = openPreamble(host)
    const [line] = (await once(guest, 'data')) as [Buffer]
    expect(line.toString()).toMatch(/^BANGER1 [0-9a-f]{32}\n$/)
    guest.write(line)
    expect(await opened).toBe(host)
  })

  test('gives exactly the bytes behind the line, however the stream is cut', async () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constant(new TextEncoder().encode('BANGER1 0123456789abcdef0123456789abcdef\n')),
      fc.constant(new TextEncoder().encode('BANGER1 ')),
    )
    await fc.assert(
      fc.asyncProperty(
        noise,
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.array(fc.nat(600), { maxLength: 12 }),
        async (before, after, cuts) => {
          const [host, guest] = duplexPair()
          const answered = answer(guest, Buffer.from(before), Buffer.from(after), cuts)
          const opened = await openPreamble(host)
          expect(await readExactly(opened, after.length)).toEqual(Buffer.from(after))
          await answered
          host.destroy()
          guest.destroy()
        },
      ),
      { numRuns: 150 },
    )
  })

  test('gives up after some silence and closes the connection', async () => {
    const [host, guest] = duplexPair()
    guest.resume()
    await expect(openPreamble(host, { timeout: 20 })).rejects.toThrow('no answer for 20 ms')
    expect(host.destroyed).toBe(true)
  })

  test('does not give up while stale bytes still arrive', async () => {
    const [host, guest] = duplexPair()
    const opened = openPreamble(host, { timeout: 100 })
    const [line] = (await once(guest, 'data')) as [Buffer]
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 30))
      guest.write('left from before')
    }
    guest.write(line)
    expect(await opened).toBe(host)
  })

  test('fails at once when the other side closes', async () => {
    const [host, guest] = duplexPair()
    const opened = openPreamble(host, { timeout: 10_000 })
    guest.resume()
    guest.end()
    await expect(opened).rejects.toThrow('the channel was closed')
  })

  test('ends with the reason of its signal', async () => {
    const [host] = duplexPair()
    const abort = new AbortController()
    const opened = openPreamble(host, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(opened).rejects.toThrow('enough')
    expect(host.destroyed).toBe(true)
    await expect(openPreamble(duplexPair()[0], { signal: abort.signal })).rejects.toThrow('enough')
  })

  test('leaves a socket readable for whoever takes it over', async () => {
    const server = createServer((socket: Socket) => {
      socket.once('data', (line: Buffer) => socket.write(Buffer.concat([Buffer.from('stale'), line, Buffer.from('first')])))
      socket.on('error', () => {})
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const stream = await openPreamble(connect(port, '127.0.0.1'))
    expect((await readExactly(stream, 5)).toString()).toBe('first')
    stream.destroy()
    server.close()
  })
})
