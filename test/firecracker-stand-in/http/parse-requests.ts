/** One request as Firecracker's HTTP server (micro-http) reads it. */
export interface HttpRequest {
  method: 'GET' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path; a query is part of it. */
  uri: string
  /** Without one when its length is 0. */
  body?: Buffer
}

/** What its answer says, and the end of what that connection is good for. */
export class HttpFault extends Error {}

/** Bytes of the request line, and of each header, with the line's end. */
const longestLine = 1024

/**
 * Reads requests from a connection's bytes, within the limits of micro-http: lines of 1,024 bytes, bodies by Content-Length alone,
 * nothing after a body.
 * @param largestBody bytes
 */
export class RequestParser {
  readonly #largestBody: number
  #rest: Buffer = Buffer.alloc(0)
  #head: { method: HttpRequest['method']; uri: string; length: number } | undefined
  #inHeaders = false

  constructor(largestBody: number) {
    this.#largestBody = largestBody
  }

  /** @throws HttpFault */
  push(chunk: Buffer): HttpRequest[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const requests: HttpRequest[] = []
    for (let request = this.#next(); request; request = this.#next()) requests.push(request)
    return requests
  }

  #next(): HttpRequest | undefined {
    while (!this.#head || this.#inHeaders) {
      const line = this.#line()
      if (line === undefined) return undefined
      this.#read(line)
    }
    const { method, uri, length } = this.#head
    if (this.#rest.length < length) return undefined
    const body = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.#head = undefined
    return { method, uri, ...(length > 0 ? { body } : {}) }
  }

  #line(): string | undefined {
    const end = this.#rest.indexOf('\r\n')
    if (end < 0 && this.#rest.length < longestLine) return undefined
    if (end < 0 || end + 2 > longestLine) throw new HttpFault(this.#head ? tooLong(this.#rest) : 'Invalid request.')
    const line = this.#rest.subarray(0, end).toString('utf8')
    this.#rest = this.#rest.subarray(end + 2)
    return line
  }

  #read(line: string): void {
    if (!this.#head) {
      this.#head = { ...requestLine(line), length: 0 }
      this.#inHeaders = true
    } else if (line !== '') {
      this.#head.length = contentLength(line) ?? this.#head.length
    } else {
      this.#inHeaders = false
      const { length } = this.#head
      if (length > this.#largestBody)
        throw new HttpFault(
          `Request payload with size ${length} is larger than the limit of ${this.#largestBody} allowed by server.`,
        )
    }
  }
}

function tooLong(rest: Buffer): string {
  return `Invalid header. Reason: Invalid content length. Header: ${rest.subarray(0, longestLine).toString('latin1')}`
}

function requestLine(line: string): Pick<HttpRequest, 'method' | 'uri'> {
  const [method, uri, version, ...more] = line.split(' ')
  if (method === undefined || uri === undefined || version === undefined || more.length > 0)
    throw new HttpFault('Invalid request.')
  if (!isMethod(method)) throw new HttpFault('Invalid HTTP Method: Unsupported HTTP method.')
  if (uri === '') throw new HttpFault('Invalid URI: Empty URI not allowed.')
  if (!/^HTTP\/1\.[01]$/.test(version)) throw new HttpFault('Invalid HTTP Version: Unsupported HTTP version.')
  return { method, uri: uri.startsWith('/') ? uri : '' }
}

function isMethod(text: string): text is HttpRequest['method'] {
  return ['GET', 'PUT', 'PATCH', 'DELETE'].includes(text)
}

/** Headers that it knows and cannot obey end the request; `Transfer-Encoding: chunked` is passed over. */
function contentLength(line: string): number | undefined {
  const colon = line.indexOf(':')
  if (colon < 0) throw new HttpFault(`Invalid header. Reason: Header is incorrectly formatted. Key: ${line}`)
  const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
  if (name === 'accept-encoding') checkEncoding(value)
  if (name !== 'content-length') return undefined
  if (!/^\d+$/.test(value) || Number(value) > 0xffffffff)
    throw new HttpFault(`Invalid header. Reason: Invalid value. Key:${line.slice(0, colon)}; Value:${line.slice(colon + 1)}`)
  return Number(value)
}

function checkEncoding(value: string): void {
  if (value === '') throw new HttpFault('Invalid request.')
  const refused = value
    .split(',')
    .map((part) => part.trim())
    .find((part) => part === 'identity;q=0' || (part === '*;q=0' && !value.includes('identity')))
  if (refused) throw new HttpFault(`Invalid header. Reason: Invalid value. Key:Accept-Encoding; Value:${refused}`)
}
