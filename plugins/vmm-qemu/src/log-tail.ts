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

/** QEMU's last message, hints on the lines below it included, without the program's name and without warnings. */
export function lastMessage(log: string): string | undefined {
  const lines = log
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\S*qemu-system-\S+: ((warning|info): |terminating on signal)/.test(line))
  const start = lines.findLastIndex((line) => prefix.test(line))
  const message = lines.slice(start < 0 ? -1 : start).map((line) => line.replace(prefix, '').trim())
  return message.length > 0 ? message.join(' ') : undefined
}

const prefix = /^\S*qemu-system-\S+: /
