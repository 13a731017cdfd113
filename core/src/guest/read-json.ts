import type { Readable } from 'node:stream'
import { fail } from '../errors.ts'

/**
 * Reads an agent's answer to its end.
 * @param vm the VM's name, for errors
 * @throws the stream's own error, or guest.refused when the answer is no JSON
 */
export async function readJson<T>(stream: Readable, vm: string): Promise<T> {
  const chunks: Buffer[] = []
  // Events, not `for await`: an iterator destroys the stream when it is done, with a request's body still under way.
  await new Promise<void>((resolve, reject) => {
    stream
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .once('end', resolve)
      .once('error', reject)
  })
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as T
  } catch (error) {
    throw fail('guest.refused', { name: vm, reason: 'its answer is no JSON' }, error)
  }
}
