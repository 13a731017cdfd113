import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { fail, type Progress, type ProgressEvent } from '@banger/core'
import type { Descriptor } from '../manifest/read-manifest.ts'
import type { Limits } from '../registry/limits.ts'
import type { Repository } from '../registry/repository.ts'
import { type Answer, Transient } from '../registry/request.ts'
import { retry } from '../registry/retry.ts'

/** Bytes that a try must bring to count as progress; a server that drips or starts over again and again is given up. */
const realProgress = 1 << 20
/** Milliseconds between two progress events. */
const tellEvery = 200

/**
 * Downloads a blob to a new file, checks its digest and size on the way, and goes on where a connection broke.
 * @throws blob.corrupt; Transient and Error with a message for people; registry.*
 */
export async function download(
  repository: Repository,
  { digest, size }: Descriptor,
  path: string,
  limits: Limits,
  { signal, progress, image, label }: { signal: AbortSignal; progress: Progress; image: string; label?: string | undefined },
): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  const step = { id: digest, message: `Downloading ${label}: ${digest.slice(7, 19)}`, total: size, unit: 'bytes' as const }
  const tell = (state: ProgressEvent['state']) => label && progress({ ...step, state, current })
  let current = 0
  let told = 0
  let mark = realProgress
  let hash = createHash('sha256')
  try {
    await retry(limits, signal, async (progressed) => {
      if (current === size && size > 0) return
      const answer = await repository.blob(digest, current, signal)
      if (answer.status === 200 && current > 0) {
        // a server without ranges starts over
        current = 0
        hash = createHash('sha256')
      }
      checkAnswer(answer, current, size)
      try {
        for await (const chunk of answer.body as AsyncIterable<Buffer>) {
          if (current + chunk.length > size)
            throw fail('blob.corrupt', { image, digest, reason: `has more than the ${size} bytes that the manifest says` })
          const written = writeAll(file, chunk, current)
          hash.update(chunk)
          await written
          current += chunk.length
          if (current >= mark) {
            mark = current + realProgress
            progressed()
          }
          if (Date.now() - told < tellEvery) continue
          told = Date.now()
          tell('running')
        }
      } catch (error) {
        throw isOfConnection(error) ? new Transient('the connection broke off', { cause: error }) : error
      }
      if (current < size) throw new Transient(`it sent ${current} of ${size} bytes`)
    })
    if (`sha256:${hash.digest('hex')}` !== digest)
      throw fail('blob.corrupt', { image, digest, reason: 'came with other bytes: their digest differs' })
    await file.truncate(size)
    tell('done')
  } catch (error) {
    tell('failed')
    throw error
  } finally {
    await file.close()
  }
}

/** A full disk takes a part of a write before it refuses the next. */
async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; )
    done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten
}

/** @throws Error, Transient with a message for people, when the answer cannot be the rest of the blob */
function checkAnswer({ status, headers, body }: Answer, offset: number, size: number): void {
  const begins = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1]
  const length = headers['content-length']
  let problem: string | undefined
  if (status === 206 && Number(begins) !== offset) problem = 'it answers with another part than it was asked for'
  else if (headers['content-type']?.startsWith('text/html')) problem = 'it answers with a web page'
  else if (headers['content-encoding'] && headers['content-encoding'] !== 'identity')
    problem = 'it answers in an encoding that it was not asked for'
  else if (length !== undefined && Number(length) !== size - offset)
    problem = `it announces ${length} bytes where ${size - offset} belong`
  if (!problem) return
  body.destroy()
  throw new Error(problem)
}

/** Errors of sockets and cut-off answers; those of the disk and of the catalogue are not. */
function isOfConnection(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return error instanceof Transient || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || syscall === 'read'
}
