import http from 'node:http'
import https from 'node:https'
import type { Limits } from './limits.ts'

export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  /** Fails when the connection breaks or stalls. Whoever does not read it to its end destroys it. */
  body: http.IncomingMessage
  /** Where it came from, after redirects. */
  url: URL
}

export interface RequestOptions {
  headers?: Record<string, string>
  signal: AbortSignal
  limits: Limits
  /** A form to POST. */
  form?: URLSearchParams
  /** Whether plain HTTP, and TLS with a certificate that nobody checks, will do with this host. */
  mayBeInsecure: (host: string) => boolean
}

/** What may go well when it is tried again. */
export class Transient extends Error {
  /** Milliseconds that the other side asked to wait. */
  readonly wait: number | undefined

  constructor(message: string, options: { cause?: unknown; wait?: number } = {}) {
    super(message, { cause: options.cause })
    this.wait = options.wait
  }
}

/** TLS that proves nothing: another try would not help. */
export class Untrusted extends Error {}

// Proxies are those of the environment (Node 24.5 and newer)
const agents = {
  https: new https.Agent({ keepAlive: true, proxyEnv: process.env }),
  // of this machine or its network
  http: new http.Agent({ keepAlive: true }),
  // what nobody checks needs no authorities, which take 50 ms to read
  unchecked: new https.Agent({ keepAlive: true, rejectUnauthorized: false, ca: [] }),
}

/**
 * A request that follows redirects. Credentials stay with the server that they were meant for.
 * @throws Transient when the connection fails; Error with a message for people
 */
export async function request(start: URL, options: RequestOptions): Promise<Answer> {
  let url = start
  let headers = options.headers ?? {}
  for (let redirects = 0; redirects <= options.limits.redirects; redirects++) {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && options.mayBeInsecure(url.host)))
      throw new Error(`${url.protocol}//${url.host} is not safe; only https is, unless the registry is configured as insecure`)
    const answer = await send(url, headers, options)
    if (![301, 302, 303, 307, 308].includes(answer.status)) return answer
    answer.body.destroy()
    const location = answer.headers.location
    if (!location || !URL.canParse(location, url.href)) throw new Error('it redirects to nowhere')
    const next = new URL(location, url)
    if (url.protocol === 'https:' && next.protocol !== 'https:')
      throw new Error(`it redirects to ${next.protocol}//${next.host}, which is not safe`)
    if (next.origin !== url.origin) {
      const { authorization: _, ...rest } = headers
      headers = rest
    }
    url = next
  }
  throw new Error(`it redirects more than ${options.limits.redirects} times`)
}

function send(
  url: URL,
  headers: Record<string, string>,
  { form, signal, limits, mayBeInsecure }: RequestOptions,
): Promise<Answer> {
  const body = form?.toString()
  const insecure = mayBeInsecure(url.host)
  const agent = url.protocol === 'http:' ? agents.http : insecure ? agents.unchecked : agents.https
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'http:' ? http : https).request(url, {
      method: form ? 'POST' : 'GET',
      headers: {
        'user-agent': 'banger',
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      agent,
      signal,
      // between two bytes, while connecting too
      timeout: limits.patience,
    })
    outgoing.on('timeout', () => outgoing.destroy(new Transient('it has stopped sending')))
    outgoing.on('error', (error) => {
      if (signal.aborted) reject(signal.reason)
      else reject(error instanceof Transient ? error : explained(error, insecure))
    })
    outgoing.on('response', (incoming) => {
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming, url })
    })
    outgoing.end(body)
  })
}

function explained(error: NodeJS.ErrnoException, insecure: boolean): Error {
  const { code = '', message } = error
  const speaksNoTls = code === 'EPROTO' || code.startsWith('ERR_SSL_')
  if (speaksNoTls && insecure) return new Transient('it does not speak TLS', { cause: error })
  if (speaksNoTls) return new Untrusted('it does not speak TLS', { cause: error })
  if (/CERT|SIGNATURE/.test(code)) return new Untrusted(`its certificate is not trusted (${message})`, { cause: error })
  return new Transient(reasonOf(error), { cause: error })
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'its name is not known'
  if (error.code === 'ECONNREFUSED') return 'nothing answers there (connection refused)'
  if (error.code === 'ECONNRESET') return 'the connection broke off'
  return error.message || error.code || 'the connection failed'
}
