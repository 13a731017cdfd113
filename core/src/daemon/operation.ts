import type { FastifyReply, FastifyRequest } from 'fastify'
import { toBangerError } from '../errors.ts'
import type { Log } from '../hooks/host.ts'
import type { Live } from '../lifecycle/sequence.ts'
import type { OperationLine } from '../protocol/api.ts'

/**
 * Answers a long operation: NDJSON lines of progress, then its result or error. When the client goes away the operation's signal
 * is aborted.
 */
export async function answerOperation(
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
  work: (live: Live) => Promise<unknown>,
): Promise<void> {
  reply.hijack()
  const { raw } = reply
  const abort = new AbortController()
  raw.once('close', () => abort.abort())
  raw.on('error', () => undefined)
  const write = (line: OperationLine) => {
    if (!raw.destroyed) raw.write(`${JSON.stringify(line)}\n`)
  }
  raw.writeHead(200, { 'content-type': 'application/x-ndjson' })
  raw.flushHeaders()
  try {
    const value = await work({ signal: abort.signal, progress: (event) => write({ type: 'progress', event }) })
    write({ type: 'result', value: value ?? {} })
  } catch (error) {
    if (!abort.signal.aborted) log.warn({ err: error, method: request.method, url: request.url }, 'an operation failed')
    write({ type: 'error', error: toBangerError(error).toJSON() })
  }
  raw.end()
}
