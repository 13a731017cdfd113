import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { BangerError, type ErrorBody, fail } from '../errors.ts'

export interface DaemonRequest {
  /** Absolute path of the daemon's unix socket. */
  socket: string
  method: string
  /** With its query: `/v1/vms/box?force=true`. */
  path: string
  body?: unknown
  /** Content type of a body that is no JSON. */
  type?: string
  /** Closes the connection. */
  signal?: AbortSignal
}

export interface ErrorContext {
  /** The daemon's log file, named when the connection is lost. */
  log: string
}

/**
 * Sends one request over a connection of its own.
 * @returns the answer, its body unread, whatever its status
 * @throws daemon.not-running when nobody listens, daemon.lost when the connection breaks
 */
export function send(request: DaemonRequest, context: ErrorContext): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = open(request)
    outgoing.once('response', resolve)
    outgoing.once('error', (error) => reject(connectionError(error, context)))
    outgoing.end(request.body === undefined ? undefined : JSON.stringify(request.body))
  })
}

/** Hands out a request's body, and waits while the other side takes no more. */
export type WriteBody = (bytes: Uint8Array) => Promise<void>

/**
 * Sends a request whose body is made as it goes. The daemon may answer before its end, and then needs no more of it.
 * @param produce writes the body; its error is thrown, and breaks the request off
 * @throws daemon.not-running, daemon.lost
 */
export async function sendBody(
  request: DaemonRequest,
  produce: (write: WriteBody) => Promise<void>,
  context: ErrorContext,
): Promise<IncomingMessage> {
  const outgoing = open({ ...request, body: undefined })
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.on('error', (error) => reject(connectionError(error, context)))
  })
  // Whatever the answer is, it ends the body.
  const over = new AbortController()
  answer.then(
    () => over.abort(),
    () => over.abort(),
  )
  const write: WriteBody = async (bytes) => {
    over.signal.throwIfAborted()
    if (!outgoing.write(bytes)) await once(outgoing, 'drain', { signal: over.signal }).catch(() => over.signal.throwIfAborted())
  }
  try {
    await Promise.race([produce(write), once(over.signal, 'abort')])
    outgoing.end()
  } catch (error) {
    if (!over.signal.aborted) {
      outgoing.destroy()
      throw error
    }
  }
  return answer
}

/** The answer's body as JSON. @throws what the daemon reports, or daemon.lost */
export async function readJson(answer: IncomingMessage, context: ErrorContext): Promise<unknown> {
  if ((answer.statusCode ?? 500) >= 400) throw await readError(answer, context)
  const text = await readText(answer, context)
  return text === '' ? undefined : JSON.parse(text)
}

/** The error that an answer of status 400 or more carries. */
export async function readError(answer: IncomingMessage, context: ErrorContext): Promise<BangerError> {
  return refusal(answer.statusCode ?? 500, await readText(answer, context))
}

/** The error that the body of an answer of that status says. */
export function refusal(status: number, text: string): BangerError {
  const body = parseErrorBody(text)
  if (body) return new BangerError({ ...body, status })
  return fail('internal', { reason: `the daemon answered ${status}${text ? `: ${text.slice(0, 200)}` : ''}` })
}

/** A broken connection as an error of the catalogue. */
export function connectionError(error: unknown, context: ErrorContext): BangerError {
  if (error instanceof BangerError) return error
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  // ENOTDIR, EACCES: the state folder is not usable, which starting the daemon will explain.
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR' || code === 'EACCES')
    return fail('daemon.not-running', {}, error)
  return fail('daemon.lost', { log: context.log }, error)
}

// node:http is taken this way because an ES import runs all its lazy getters, which costs 20 ms.
function open(request: DaemonRequest): ClientRequest {
  const { request: openRequest } = process.getBuiltinModule('node:http')
  const { connect } = process.getBuiltinModule('node:net')
  const type = request.type ?? (request.body === undefined ? undefined : 'application/json')
  return openRequest({
    method: request.method,
    path: request.path,
    headers: { host: 'banger', ...(type === undefined ? {} : { 'content-type': type }) },
    signal: request.signal,
    // By hand, since http's own connections close as soon as the peer ends its half.
    createConnection: () => connect({ path: request.socket, allowHalfOpen: true }),
  })
}

async function readText(answer: IncomingMessage, context: ErrorContext): Promise<string> {
  answer.setEncoding('utf8')
  let text = ''
  try {
    for await (const chunk of answer) text += chunk
  } catch (error) {
    throw connectionError(error, context)
  }
  return text
}

function parseErrorBody(text: string): ErrorBody | undefined {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null || !('code' in body) || !('message' in body)) return undefined
    const hint = 'hint' in body && typeof body.hint === 'string' ? { hint: body.hint } : {}
    return { code: String(body.code), message: String(body.message), ...hint }
  } catch {
    return undefined
  }
}
