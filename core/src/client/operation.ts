import type { IncomingMessage } from 'node:http'
import { BangerError, fail } from '../errors.ts'
import type { Progress } from '../hooks/progress.ts'
import type { OperationLine } from '../protocol/api.ts'
import { connectionError, type ErrorContext } from './http.ts'

/**
 * Reads the lines of a long operation (newline-delimited JSON) until its result.
 * @param onProgress gets each step as it comes
 * @returns the value of the `result` line
 * @throws the error of an `error` line; daemon.lost when the stream ends without either
 */
export async function readOperation(answer: IncomingMessage, onProgress: Progress, context: ErrorContext): Promise<unknown> {
  for await (const text of lines(answer, context)) {
    const line = JSON.parse(text) as OperationLine
    if (line.type === 'progress') onProgress(line.event)
    else if (line.type === 'error') throw new BangerError(line.error)
    else return line.value
  }
  throw fail('daemon.lost', { log: context.log })
}

async function* lines(answer: IncomingMessage, context: ErrorContext): AsyncGenerator<string> {
  answer.setEncoding('utf8')
  let rest = ''
  try {
    for await (const chunk of answer) {
      const parts = (rest + String(chunk)).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) if (part.trim() !== '') yield part
    }
  } catch (error) {
    throw connectionError(error, context)
  }
  if (rest.trim() !== '') yield rest
}
