import { type Answer, Transient } from './request.ts'

/**
 * A whole small answer.
 * @throws Error with a message for people when it has more bytes than `most`; Transient when the connection breaks
 */
export async function readBody({ body }: Pick<Answer, 'body'>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > most) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof Transient ? error : new Transient('the connection broke off', { cause: error })
  }
  if (length > most) throw new Error(`it answers with more than ${most} bytes where a small document belongs`)
  return Buffer.concat(chunks)
}

/** What a registry says about an error, for people; '' when it says nothing (`{"errors":[{"code","message"}]}`). */
export async function readProblem({ body, headers }: Answer): Promise<string> {
  if (!headers['content-type']?.includes('json')) {
    body.destroy()
    return ''
  }
  try {
    const answer = JSON.parse((await readBody({ body }, 65_536)).toString('utf8')) as {
      errors?: { message?: unknown; code?: unknown }[]
    }
    const first = answer.errors?.[0]
    return String(first?.message || first?.code || '').slice(0, 300)
  } catch {
    return ''
  }
}
