import { createInterface } from 'node:readline'

/** Whether somebody is there to be asked. */
export function canAsk(): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY)
}

/** Asks on the terminal; anything but yes is no. Ctrl-C ends the program as usual. */
export async function confirm(question: string): Promise<boolean> {
  process.stderr.write(`${question} [y/N] `)
  // without a terminal of readline's own, keys keep their meaning
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim())
    process.stderr.write('\n')
    return false
  } finally {
    lines.close()
  }
}
