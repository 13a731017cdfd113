import { open, rename, stat } from 'node:fs/promises'

/** Bytes after which a log is put aside as `<file>.1` before the next daemon writes to it. */
const rotateAt = 16 * 1024 * 1024

export interface LogLine {
  message: string
  code?: string
  hint?: string
}

/**
 * Makes a log ready for a daemon that is about to start.
 * @returns its bytes so far; 0 when it is not there, or has just been put aside
 */
export async function prepareLog(file: string): Promise<number> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size <= rotateAt) return size
  return rename(file, `${file}.1`).then(
    () => 0,
    () => size,
  )
}

/**
 * The last line that says something, of what was appended to a log since it had `since` bytes.
 * A structured line (pino) gives its message, or that of the error it carries.
 */
export async function lastLogLine(file: string, since: number): Promise<LogLine | undefined> {
  const text = await readFrom(file, since).catch(() => '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const parsed = lines.map(parseLogLine)
  return (
    parsed.findLast((line) => line.code !== undefined) ?? parsed.findLast((line) => /error/i.test(line.message)) ?? parsed.at(-1)
  )
}

/** One line of the daemon's log: `{"level":60,"error":{"code":"store.newer","message":"…"},"msg":"…"}` or plain text. */
export function parseLogLine(line: string): LogLine {
  const entry = parseObject(line)
  if (!entry) return { message: line.trim() }
  const error = [entry.error, entry.err].find(isObject) ?? entry
  const message = text(error.message) ?? text(entry.msg) ?? line.trim()
  const code = text(error.code)
  const hint = text(error.hint)
  return { message, ...(code ? { code } : {}), ...(hint ? { hint } : {}) }
}

async function readFrom(file: string, since: number): Promise<string> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const start = Math.max(since, size - 64 * 1024)
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(Math.max(size - start, 0)), position: start })
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
