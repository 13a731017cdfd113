import { Readable } from 'node:stream'
import type { Streaming } from '../hooks/host.ts'

/**
 * A program's stdout as a layer: it ends well only when the program does, and fails with the program's error. A tar that was cut
 * off because the program died is not mistaken for a whole one.
 */
export function layerOf({ stdout, done }: Streaming): Readable {
  return Readable.from(chunks(stdout, done), { objectMode: false })
}

async function* chunks(stdout: Readable, done: Promise<void>): AsyncIterable<Buffer> {
  try {
    for await (const chunk of stdout) yield chunk as Buffer
  } catch (error) {
    await done
    throw error
  }
  await done
}
