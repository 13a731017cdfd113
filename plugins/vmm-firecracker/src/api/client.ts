import { Agent, request, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connectIn } from '@banger/core'
import { type ApiCall, nameOf } from './call.ts'

export interface ApiAnswer {
  status: number
  text: string
}

export interface Api {
  /**
   * Sends one request and gives the whole answer, of whatever status.
   * @throws when none comes within `timeout` milliseconds, and when the connection breaks
   */
  send(call: ApiCall, timeout: number): Promise<ApiAnswer>
  /** Lets the connection go; the next request makes another. */
  close(): void
}

/**
 * A client for Firecracker's API, made for its small HTTP server: it knows bodies by Content-Length alone, loses requests whose sender
 * has shut its half of the connection, and takes ten connections. Requests go one after the other over one that is kept.
 * @param dir the folder that holds the socket `name`
 */
export function openApi(dir: string, name: string): Api {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  agent.createConnection = (_options, onCreated) => {
    connectIn(dir, name).then(
      (socket) => onCreated?.(null, socket),
      // On failure only the error counts.
      (error: Error) => onCreated?.(error, undefined as unknown as Duplex),
    )
    return undefined
  }
  let turn: Promise<unknown> = Promise.resolve()
  return {
    send: (call, timeout) => {
      const answer = turn.then(() => send(agent, call, timeout))
      turn = answer.catch(() => undefined)
      return answer
    },
    close: () => agent.destroy(),
  }
}

async function send(agent: Agent, call: ApiCall, timeout: number): Promise<ApiAnswer> {
  const signal = AbortSignal.timeout(timeout)
  try {
    const response = await respond(agent, call, signal)
    const answer = { status: response.statusCode ?? 0, text: await text(response) }
    // What it says to a request that it could not read may not be its last word on that connection.
    if (isHttpError(answer)) agent.destroy()
    return answer
  } catch (error) {
    agent.destroy()
    if (signal.aborted) throw new Error(`no answer to ${nameOf(call)} within ${timeout / 1000} s`, { cause: error })
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`no answer to ${nameOf(call)}: ${why}`, { cause: error })
  }
}

function respond(agent: Agent, { method, path, body }: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    accept: 'application/json',
    ...(content === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host: 'localhost', method, path, headers, signal })
    outgoing.once('response', resolve).once('error', reject)
    outgoing.end(content)
  })
}

/** Errors of the HTTP layer come as `{ "error": "…"`, and not always as valid JSON. */
function isHttpError({ status, text }: ApiAnswer): boolean {
  return status >= 400 && /^\s*\{\s*"error"/.test(text)
}
