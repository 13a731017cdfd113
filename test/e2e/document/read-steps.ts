/** What a reader of a document is to do, in order. */
export type Step =
  /** Run a command. It prints `output`, where a line `…` stands for any lines and `…` within one for any text. */
  | { do: 'run'; command: string; output: string[]; line: number }
  /** In a file, put lines in place of others. */
  | { do: 'edit'; file: string; from: string; to: string; line: number }

/**
 * Reads a document's blocks of code: `console`, where lines that begin with `$ ` are commands and others what they print, and
 * `diff <file>`. Other blocks are there to be read.
 * @throws on a block that says nothing that can be done
 */
export function readSteps(markdown: string): Step[] {
  return [...markdown.matchAll(/^```(console|diff)(?: (\S+))?\n(.*?)^```$/gms)].flatMap((block) => {
    const [, kind, file = '', text = ''] = block
    const line = markdown.slice(0, block.index).split('\n').length
    return kind === 'console' ? readConsole(text, line) : [readDiff(file, text, line)]
  })
}

function readConsole(text: string, line: number): Step[] {
  const steps: Extract<Step, { do: 'run' }>[] = []
  for (const [index, shown] of text.trimEnd().split('\n').entries()) {
    if (shown.startsWith('$ ')) steps.push({ do: 'run', command: shown.slice(2), output: [], line: line + index + 1 })
    else if (steps.length > 0) steps.at(-1)?.output.push(shown)
    else throw new Error(`line ${line}: output before any command`)
  }
  return steps
}

function readDiff(file: string, text: string, line: number): Step {
  const lines = (mark: string) => text.split('\n').filter((one) => one.startsWith(mark))
  const [from, to] = ['-', '+'].map((mark) =>
    lines(mark)
      .map((one) => one.slice(1))
      .join('\n'),
  )
  if (!file || !from || !to) throw new Error(`line ${line}: a diff names its file, and has lines with - and with +`)
  return { do: 'edit', file, from, to, line }
}

/** Whether a command printed what a document shows. Nothing shown is nothing said. */
export function isAsShown(shown: string[], printed: string): boolean {
  if (shown.length === 0) return true
  const pattern = shown.map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(literally).join('.*')}\n`))
  return new RegExp(`^${pattern.join('')}$`).test(printed)
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
