import { closeSync } from 'node:fs'
import type { Duplex, Readable } from 'node:stream'
import { writeThrough } from './write-through.ts'

/**
 * Joins this process's stdin and stdout to a TCP connection in the guest, as a ProxyCommand does. Each direction ends
 * by itself: the end of stdin is told to the guest, and its end closes stdout. Resolves when both have ended, or the
 * connection broke.
 */
export async function bridgePort(connection: Duplex, stdin: Readable = process.stdin): Promise<void> {
  const gone = new Promise<void>((resolve) => connection.once('close', resolve))
  // A broken connection ends the bridge, and whoever reads stdout sees it end.
  connection.on('error', () => {})
  stdin.on('error', () => connection.end())
  stdin.pipe(connection)
  const stdout = writeThrough(process.stdout, () => connection.destroy())
  try {
    connection.pause()
    for await (const chunk of connection.iterator({ destroyOnReturn: false })) await stdout.write(chunk as Buffer)
    await stdout.drained()
  } catch {
    connection.destroy()
  }
  // process.stdout.end() leaves the descriptor open, and the reader would wait for more.
  closeSync(1)
  await gone
  stdin.unpipe(connection)
}
