import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Progress } from '@banger/core'
import type { CatalogKernel } from './index-format.ts'
import { openUrl } from './open-url.ts'

/** Milliseconds between two progress events. */
const tellEvery = 200
/** Bytes of an index at most. */
const largestIndex = 4 << 20

/** @throws Error with a message for people */
export async function readIndexText(url: URL, signal: AbortSignal): Promise<string> {
  const { body } = await openUrl(url, { signal })
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > largestIndex) throw new Error(`it is larger than ${largestIndex} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Downloads a tarball to `target` and checks its size and sha256 on the way: nothing is unpacked before it is known to be
 * what the index promised.
 * @param base the index's address
 * @throws Error with a message for people
 */
export async function downloadTarball(
  kernel: CatalogKernel,
  base: URL,
  target: string,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<void> {
  const { body, size } = await openUrl(new URL(kernel.url, base), { signal, base })
  if (size !== undefined && size !== kernel.size) {
    body.destroy()
    throw new Error(`it has ${size} bytes, and the catalog says ${kernel.size}`)
  }
  const step = {
    id: 'download',
    message: `Downloading ${kernel.name} (${kernel.version})`,
    total: kernel.size,
    unit: 'bytes' as const,
  }
  const hash = createHash('sha256')
  let current = 0
  let told = 0
  const file = createWriteStream(target, { mode: 0o600 })
  // a file that is still being opened when the download breaks off would appear behind whoever removes it
  const closed = new Promise<void>((resolve) => file.once('close', () => resolve()))
  await pipeline(
    body,
    async function* check(source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        current += chunk.length
        if (current > kernel.size) throw new Error(`it is larger than the ${kernel.size} bytes that the catalog says`)
        hash.update(chunk)
        if (Date.now() - told > tellEvery) {
          told = Date.now()
          progress({ ...step, state: 'running', current })
        }
        yield chunk
      }
    },
    file,
    { signal },
  ).finally(() => closed)
  if (current !== kernel.size) throw new Error(`it ends after ${current} of ${kernel.size} bytes`)
  const digest = hash.digest('hex')
  if (digest !== kernel.sha256) throw new Error(`its sha256 is ${digest}, and the catalog says ${kernel.sha256}`)
  progress({ ...step, state: 'done', current })
}
