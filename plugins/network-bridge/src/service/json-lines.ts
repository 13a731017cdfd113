import type { Readable } from 'node:stream'

/** A message may have so many characters; nothing that is ours is longer. */
const limit = 1 << 20

/** Calls `use` with each line's JSON. What is none, or has no end, ends the stream with an error. */
export function eachJsonLine(source: Readable, use: (value: unknown) => void): void {
  let rest = ''
  source.setEncoding('utf8')
  source.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    try {
      if (rest.length > limit) throw new Error('a line without an end')
      for (const line of lines) use(JSON.parse(line))
    } catch (error) {
      source.destroy(error as Error)
    }
  })
}

export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
