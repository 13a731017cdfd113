import { open } from 'node:fs/promises'

/**
 * The end of a text file that may be large or absent.
 * @param options.from byte to begin at, earliest; default 0
 * @param options.limit bytes at most; default 16 KiB
 */
export async function readTail(path: string, options: { from?: number; limit?: number } = {}): Promise<string> {
  const { from = 0, limit = 16 * 1024 } = options
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
