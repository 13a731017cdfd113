import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HttpFault, RequestParser } from '../http/parse-requests.ts'
import { InProcess, readAnswer } from './in-process.ts'

const get = 'GET /version HTTP/1.1\r\n\r\n'

describe("the stand-in's HTTP server", () => {
  test('keeps its connections, and gives no reasons in its status lines', async () => {
    await using api = await InProcess.start()
    const socket = await api.connect()
    for (let times = 0; times < 3; times++) {
      socket.write(get)
      const { head, body } = await readAnswer(socket)
      expect(head).toMatch(/^HTTP\/1\.1 200 \r\n.*Connection: keep-alive/s)
      expect(JSON.parse(body)).toEqual({ firecracker_version: '1.17.0-stand-in' })
    }
    socket.destroy()
  })

  test('refuses an eleventh connection and closes it', async () => {
    await using api = await InProcess.start()
    const ten = await Promise.all(Array.from({ length: 10 }, () => api.connect()))
    // They are ten once they are served.
    for (const socket of ten) {
      socket.write(get)
      await readAnswer(socket)
    }
    const eleventh = await api.connect()
    const closed = once(eleventh, 'end')
    const { status, body } = await readAnswer(eleventh)
    await closed
    expect([status, body]).toEqual([503, '{ "error": "Too many open connections" }'])
    for (const socket of ten) socket.destroy()
  })

  test('forgets a request whose sender has shut its half of the connection', async () => {
    await using api = await InProcess.start()
    const socket = await api.connect()
    socket.end(get)
    await expect(readAnswer(socket)).rejects.toThrow('the connection was closed')
  })

  test('passes chunks over, so that a PUT of them is empty', async () => {
    await using api = await InProcess.start()
    const { status, body } = await api.exchange('PUT /entropy HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n')
    expect([status, body]).toEqual([400, '{"fault_message":"Empty PUT request."}'])
  })

  test.each([
    ['a body above the limit', 'PUT /mmds HTTP/1.1\r\nContent-Length: 51201\r\n\r\n', /payload with size 51201 is larger/],
    ['a request line above the limit', `GET /${'x'.repeat(1024)} HTTP/1.1\r\n\r\n`, /Invalid request/],
    ['a header above the limit', `GET / HTTP/1.1\r\nx: ${'x'.repeat(1024)}\r\n\r\n`, /Invalid content length/],
    ['an empty Accept-Encoding', 'GET / HTTP/1.1\r\nAccept-Encoding: \r\n\r\n', /Invalid request/],
    ['Accept-Encoding without identity', 'GET / HTTP/1.1\r\nAccept-Encoding: identity;q=0\r\n\r\n', /Accept-Encoding/],
    ['another method', 'POST / HTTP/1.1\r\n\r\n', /Unsupported HTTP method/],
    ['another version', 'GET / HTTP/2\r\n\r\n', /Unsupported HTTP version/],
  ])('answers %s with an error that is no JSON', async (_, bytes, words) => {
    await using api = await InProcess.start()
    const { status, body } = await api.exchange(bytes)
    expect([status, body]).toEqual([400, expect.stringMatching(words)])
    expect(body).toMatch(/^\{ "error": ".*\nAll previous unanswered requests will be dropped\." \}$/s)
  })
})

describe('the parser of requests', () => {
  test('finds the same requests however the bytes are cut', () => {
    const request = fc.record({
      method: fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE'),
      uri: fc.stringMatching(/^\/[a-z/_-]{0,30}$/),
      body: fc.uint8Array({ maxLength: 40 }),
    })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 4 }), fc.array(fc.nat(50)), (requests, cuts) => {
        const bytes = Buffer.concat(
          requests.flatMap(({ method, uri, body }) => [
            Buffer.from(`${method} ${uri} HTTP/1.1\r\nHost: x\r\ncontent-length: ${body.length}\r\n\r\n`),
            body,
          ]),
        )
        const parser = new RequestParser(51_200)
        const found = []
        let rest = bytes
        for (const cut of [...cuts, bytes.length]) {
          found.push(...parser.push(rest.subarray(0, cut)))
          rest = rest.subarray(cut)
        }
        expect(found.map(({ method, uri, body }) => [method, uri, [...(body ?? [])]])).toEqual(
          requests.map(({ method, uri, body }) => [method, uri, [...body]]),
        )
      }),
    )
  })

  test('answers any bytes with requests or a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        try {
          new RequestParser(100).push(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(HttpFault)
        }
      }),
    )
  })
})
