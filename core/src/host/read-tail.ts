import { open } from 'node:fs/promises'

/**
 * The end of a text file that may be large or absent.
 * @param from byte to begin at, earliest
 * @param limit bytes at most
 */
export async function readTail(path: string, { from = 0, limit = 16 * 1024 } = {}): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return ''
  try {
    const { size } = await file.stat()
    const start = Math.max(from, size - limit)
    const length = Math.max(0, size - start)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start)
    return buffer.subarray(0, bytesRead).toString()
  } finally {
    await file.close()
  }
}
