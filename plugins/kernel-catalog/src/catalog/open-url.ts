import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const mostRedirects = 5
/** Milliseconds without a byte after which a server counts as dead. */
const patience = 60_000

export interface Opened {
  body: Readable
  /** Bytes, where the other side tells. */
  size?: number
}

/**
 * Opens a file or an https address for reading. Plain http is taken from this machine alone: an index says what to trust, so
 * nobody on the way may change it.
 * @param base where the address was found: what came by network can't name a local file
 * @throws Error with a message for people; the stream fails with one too
 */
export async function openUrl(url: URL, options: { signal: AbortSignal; base?: URL }): Promise<Opened> {
  if (url.protocol !== 'file:') return request(url, options.signal)
  if (options.base && options.base.protocol !== 'file:') throw new Error('a catalog on the network cannot name a local file')
  const path = fileURLToPath(url)
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `there is no file ${path}` : error.message, { cause: error })
  })
  if (!found.isFile()) throw new Error(`${path} is no file`)
  return { body: createReadStream(path, { signal: options.signal }), size: found.size }
}

async function request(start: URL, signal: AbortSignal): Promise<Opened> {
  let url = start
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    checkProtocol(url)
    const timer = new Patience(signal)
    const answer = await fetch(url.href, {
      redirect: 'manual',
      signal: timer.signal,
      headers: { 'accept-encoding': 'identity' },
    }).catch((error) => {
      timer.stop()
      signal.throwIfAborted()
      throw new Error(timer.expired ? 'the server does not answer' : reasonOf(error), { cause: error })
    })
    if (answer.status >= 300 && answer.status < 400) {
      timer.stop()
      await answer.body?.cancel()
      const location = answer.headers.get('location')
      if (!location || !URL.canParse(location, url.href)) throw new Error('the server redirects to nowhere')
      url = new URL(location, url)
      continue
    }
    const problem = problemWith(answer)
    if (problem || !answer.body) {
      timer.stop()
      await answer.body?.cancel()
      throw new Error(problem ?? 'the answer is empty')
    }
    const length = Number(answer.headers.get('content-length') ?? Number.NaN)
    return { body: timer.watch(answer.body), ...(Number.isFinite(length) ? { size: length } : {}) }
  }
  throw new Error(`the server redirects more than ${mostRedirects} times`)
}

function checkProtocol(url: URL): void {
  if (url.protocol === 'https:') return
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'http:' && isLocal) return
  throw new Error(`${url.protocol}//${url.host} is not safe: only https and local files are read`)
}

function problemWith(answer: Response): string | undefined {
  if (!answer.ok) return `the server answers ${answer.status} ${answer.statusText}`.trim()
  if (answer.headers.get('content-type')?.startsWith('text/html')) return 'the server answers with a web page'
  return undefined
}

/** Fetch says `fetch failed` and hides the reason below. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = (cause as NodeJS.ErrnoException).code
  return cause instanceof Error ? cause.message || code || 'the connection failed' : String(cause)
}

/** Ends a request when nothing has come for a while. */
class Patience {
  expired = false
  readonly signal: AbortSignal
  readonly #given: AbortSignal
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(signal: AbortSignal) {
    this.#given = signal
    this.signal = AbortSignal.any([signal, this.#controller.signal])
    this.#start()
  }

  /** The body, with errors that a person understands. Time that the reader takes does not count. */
  watch(body: ReadableStream<Uint8Array>): Readable {
    return Readable.from(this.#chunks(body), { objectMode: false })
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  async *#chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) {
        this.stop()
        yield chunk
        this.#start()
      }
    } catch (error) {
      this.#given.throwIfAborted()
      throw new Error(this.expired ? 'the server has stopped sending' : 'the connection broke off', { cause: error })
    } finally {
      this.stop()
    }
  }

  #start(): void {
    this.#timer = setTimeout(() => {
      this.expired = true
      this.#controller.abort()
    }, patience)
  }
}
