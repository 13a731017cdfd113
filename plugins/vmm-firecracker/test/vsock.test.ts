import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { connectIn } from '@banger/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answerEnd, openVsock } from '../src/vsock.ts'

describe('a connection to a port of the guest', () => {
  let dir: string
  let host: Socket
  let firecracker: Socket
  let close: () => Promise<void>

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'banger-vsock-'))
    const server = createServer().listen(join(dir, 'vsock.sock'))
    await once(server, 'listening')
    const accepted = once(server, 'connection') as Promise<[Socket]>
    host = await connectIn(dir, 'vsock.sock')
    ;[firecracker] = await accepted
    firecracker.on('error', () => {})
    close = async () => {
      host.destroy()
      firecracker.destroy()
      server.close()
      await rm(dir, { recursive: true })
    }
  })
  afterEach(() => close())

  test('is asked for in one write', async () => {
    const asked = once(firecracker, 'data') as Promise<[Buffer]>
    const opening = openVsock(host, 1024, { timeout: 1000 })
    expect((await asked)[0].toString()).toBe('CONNECT 1024\n')
    firecracker.write('OK 1073741824\n')
    expect(await opening).toBe(host)
  })

  test('begins right behind the answer, however that is cut', async () => {
    const opening = openVsock(host, 1024, { timeout: 1000 })
    for (const part of ['O', 'K 1073', '741824\nPRI', ' * HTTP/2.0']) {
      firecracker.write(part)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const stream = await opening
    firecracker.end()
    const text = await readText(stream)
    expect(text).toBe('PRI * HTTP/2.0')
  })

  test('is refused without a word when nobody listens', async () => {
    const opening = openVsock(host, 1024, { timeout: 1000 })
    firecracker.end()
    await expect(opening).rejects.toThrow("nobody listens on the guest's vsock port yet")
    expect(host.destroyed).toBe(true)
  })

  test('is not waited for for ever: a guest without a vsock never answers', async () => {
    await expect(openVsock(host, 1024, { timeout: 30 })).rejects.toThrow('gave no answer for 30 ms')
    expect(host.destroyed).toBe(true)
  })

  test('is given up when the caller does', async () => {
    const abort = new AbortController()
    const opening = openVsock(host, 1024, { timeout: 1000, signal: abort.signal })
    abort.abort(new Error('never mind'))
    await expect(opening).rejects.toThrow('never mind')
    expect(host.destroyed).toBe(true)
    await expect(openVsock(host, 1024, { timeout: 1000, signal: abort.signal })).rejects.toThrow('never mind')
  })

  test('is not taken for made when something else answers', async () => {
    const opening = openVsock(host, 1024, { timeout: 1000 })
    firecracker.write('HTTP/1.1 400 \r\n')
    await expect(opening).rejects.toThrow(/something else/)
  })
})

describe('the answer', () => {
  test('ends at its line feed, whatever follows', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.uint8Array(), (port, rest) => {
        const line = Buffer.from(`OK ${port}\n`)
        expect(answerEnd(Buffer.concat([line, rest]))).toBe(line.length)
      }),
    )
  })

  test('may still come as long as what there is could be its beginning', () => {
    const line = Buffer.from('OK 1073741824\n')
    for (let length = 0; length < line.length; length++) expect(answerEnd(line.subarray(0, length))).toBe('more')
    for (const wrong of ['KO', 'OK\n', 'OK x', 'OK 12345678901', 'OK 99999999999\n', ' OK 1\n'])
      expect(answerEnd(Buffer.from(wrong.padEnd(14, '9')))).toBe('none')
  })

  test('is told from any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const end = answerEnd(Buffer.from(bytes))
        if (typeof end === 'number') expect(Buffer.from(bytes).subarray(0, end).toString()).toMatch(/^OK \d+\n$/)
      }),
    )
  })
})
