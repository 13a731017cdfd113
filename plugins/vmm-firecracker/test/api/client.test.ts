import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApiCall } from '../../src/api/call.ts'
import { type Api, openApi } from '../../src/api/client.ts'

const call: ApiCall = { method: 'PUT', path: '/vsock', body: { guest_cid: 3, uds_path: 'vsock.sock' } }
const noContent = 'HTTP/1.1 204 \r\nServer: Firecracker API\r\nConnection: keep-alive\r\n\r\n'

describe("a client of Firecracker's API", () => {
  let dir: string
  let server: Server
  let api: Api
  let sockets: Socket[]
  /** All that was received, one text a connection. */
  let received: string[]
  /** What to do with each request. */
  let react: (socket: Socket) => void

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'banger-api-'))
    sockets = []
    received = []
    react = (socket) => void socket.write(noContent)
    server = createServer({ allowHalfOpen: true }, (socket) => {
      const index = sockets.push(socket) - 1
      received[index] = ''
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        received[index] += chunk.toString()
        if (received[index]?.endsWith('}') || /^GET.*\r\n\r\n$/s.test(received[index] ?? '')) react(socket)
      })
    }).listen(join(dir, 'api.sock'))
    api = openApi(dir, 'api.sock')
  })
  afterEach(async () => {
    api.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await rm(dir, { recursive: true })
  })

  test('sends the length of a body, never chunks, and leaves its half of the connection open', async () => {
    let ended = false
    react = (socket) => {
      socket.once('end', () => {
        ended = true
      })
      setTimeout(() => socket.write(noContent), 20)
    }
    expect(await api.send(call, 1000)).toEqual({ status: 204, text: '' })
    const body = JSON.stringify(call.body)
    expect(received).toEqual([expect.stringMatching(/^PUT \/vsock HTTP\/1\.1\r\n/)])
    expect(received[0]).toContain(`content-length: ${body.length}\r\n`)
    expect(received[0]?.toLowerCase()).not.toMatch(/transfer-encoding|expect:|accept-encoding/)
    expect(received[0]?.endsWith(`\r\n\r\n${body}`)).toBe(true)
    expect(ended).toBe(false)
  })

  test('asks without a body where there is none', async () => {
    react = (socket) => void socket.write('HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}')
    expect(await api.send({ method: 'GET', path: '/' }, 1000)).toEqual({ status: 200, text: '{}' })
    expect(received[0]?.toLowerCase()).not.toContain('content-length')
  })

  test('uses one connection for one request after the other, also for those made at once', async () => {
    await Promise.all([1, 2, 3].map(() => api.send(call, 1000)))
    await api.send(call, 1000)
    expect(sockets).toHaveLength(1)
    api.close()
    await api.send(call, 1000)
    expect(sockets).toHaveLength(2)
  })

  test('gives a refusal as it came', async () => {
    const fault = '{"fault_message":"Balloon config error: Amount of pages requested is too large."}'
    react = (socket) => void socket.write(`HTTP/1.1 400 \r\nContent-Length: ${fault.length}\r\n\r\n${fault}`)
    expect(await api.send(call, 1000)).toEqual({ status: 400, text: fault })
    await api.send(call, 1000)
    expect(sockets).toHaveLength(1)
  })

  test('lets a connection go on which the HTTP server itself complained', async () => {
    const error = '{ "error": "Invalid request.\nAll previous unanswered requests will be dropped." }'
    react = (socket) => void socket.write(`HTTP/1.1 400 \r\nContent-Length: ${error.length}\r\n\r\n${error}`)
    expect(await api.send(call, 1000)).toEqual({ status: 400, text: error })
    react = (socket) => void socket.write(noContent)
    expect(await api.send(call, 1000)).toMatchObject({ status: 204 })
    expect(sockets).toHaveLength(2)
  })

  test('understands the refusal of an eleventh connection, which comes before it has asked', async () => {
    const error = '{ "error": "Too many open connections" }'
    server.removeAllListeners('connection').on('connection', (socket: Socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.end(`HTTP/1.1 503\r\nServer: Firecracker API\r\nConnection: close\r\nContent-Length: 40\r\n\r\n${error}`)
    })
    expect(await api.send(call, 1000)).toEqual({ status: 503, text: error })
  })

  test('does not wait for ever for an answer', async () => {
    react = () => {}
    await expect(api.send(call, 50)).rejects.toThrow('no answer to PUT /vsock within 0.05 s')
  })

  test('does not wait for ever for the rest of one', async () => {
    react = (socket) => void socket.write('HTTP/1.1 200 \r\nContent-Length: 100\r\n\r\n{"half":')
    await expect(api.send(call, 50)).rejects.toThrow('no answer to PUT /vsock within 0.05 s')
  })

  test('does not take an answer for whole that breaks off', async () => {
    react = (socket) => socket.end('HTTP/1.1 200 \r\nContent-Length: 100\r\n\r\n{"half":')
    await expect(api.send(call, 1000)).rejects.toThrow(/aborted|ECONNRESET|terminated/)
  })

  test('fails when the connection closes without an answer, and asks on a new one next time', async () => {
    react = (socket) => void socket.destroy()
    await expect(api.send(call, 1000)).rejects.toThrow(/hang up|ECONNRESET/)
    react = (socket) => void socket.write(noContent)
    expect(await api.send(call, 1000)).toMatchObject({ status: 204 })
  })

  test('fails where there is no socket', async () => {
    await expect(openApi(dir, 'other.sock').send(call, 1000)).rejects.toThrow(/ENOENT/)
    await expect(openApi(join(dir, 'nowhere'), 'api.sock').send(call, 1000)).rejects.toThrow(/ENOENT/)
  })
})
