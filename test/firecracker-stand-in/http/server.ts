import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { HttpFault, type HttpRequest, RequestParser } from './parse-requests.ts'

export interface HttpAnswer {
  status: 200 | 204 | 400 | 413
  body?: string
  deprecated?: boolean
}

/** Connections that it serves at once. */
const mostConnections = 10

const fullMessage = '{ "error": "Too many open connections" }'

/**
 * An HTTP server that is as small as Firecracker's (micro-http): it keeps every connection, serves ten, answers an eleventh with 503,
 * names no reasons in its status lines, and forgets a request whose sender has shut its half of the connection.
 * @param largestBody bytes
 */
export function serveHttp(largestBody: number, handle: (request: HttpRequest) => Promise<HttpAnswer>): Server {
  const open = new Set<Socket>()
  // One request at a time, as one thread serves them all.
  let turn: Promise<unknown> = Promise.resolve()

  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    if (open.size >= mostConnections) {
      socket.end(
        `HTTP/1.1 503\r\nServer: Firecracker API\r\nConnection: close\r\nContent-Length: ${fullMessage.length}\r\n\r\n${fullMessage}`,
      )
      return
    }
    open.add(socket)
    socket.once('close', () => open.delete(socket)).once('end', () => socket.destroy())
    const parser = new RequestParser(largestBody)
    socket.on('data', (chunk: Buffer) => {
      const parsed = parse(parser, chunk)
      if (parsed instanceof HttpFault) {
        // A raw line feed and all, as it does.
        const text = `{ "error": "${parsed.message}\nAll previous unanswered requests will be dropped." }`
        socket.write(encode({ status: 400, body: text }))
        return
      }
      for (const request of parsed)
        turn = turn.then(async () => {
          // A hang-up that came along with the request comes first.
          await sleep(2)
          if (socket.destroyed) return
          const answer = await handle(request)
          if (!socket.destroyed) socket.write(encode(answer))
        })
    })
  })
}

function parse(parser: RequestParser, chunk: Buffer): HttpRequest[] | HttpFault {
  try {
    return parser.push(chunk)
  } catch (error) {
    if (error instanceof HttpFault) return error
    throw error
  }
}

function encode({ status, body, deprecated }: HttpAnswer): string {
  const head = [
    `HTTP/1.1 ${status} `,
    'Server: Firecracker API',
    'Connection: keep-alive',
    ...(deprecated ? ['Deprecation: true'] : []),
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return `${head.join('\r\n')}\r\n\r\n${body ?? ''}`
}
