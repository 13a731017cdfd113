import { open, stat } from 'node:fs/promises'

export interface LogLine {
  message: string
  code?: string
  hint?: string
}

/** Bytes in a log file; 0 when it is not there. */
export async function logSize(file: string): Promise<number> {
  return stat(file).then(({ size }) => size, () => 0)
}

/**
 * The last line that says something, of what was appended to a log since it had `since` bytes.
 * A structured line (pino) gives its message, or that of the error it carries.
 */
export async function lastLogLine(file: string, since: number): Promise<LogLine | undefined> {
  const text = await readFrom(file, since).catch(() => '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const parsed = lines.map(parseLogLine)
  return parsed.findLast((line) => line.code !== undefined) ?? parsed.findLast((line) => /error/i.test(line.message)) ?? parsed.at(-1)
}

/** One line of the daemon's log: `{"level":60,"err":{"code":"store.newer","message":"…"},"msg":"…"}` or plain text. */
export function parseLogLine(line: string): LogLine {
  const entry = parseObject(line)
  if (!entry) return { message: line.trim() }
  const error = [entry.err, entry.error].find(isObject) ?? entry
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
