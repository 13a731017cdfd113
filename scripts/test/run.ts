import { spawn } from 'node:child_process'

export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/**
 * Runs a program with its output passed on.
 * @param options.line gets each line of stdout, which is not passed on then
 * @returns its exit status
 */
export function run(program: string, args: string[], options: { cwd: string; line?: (line: string) => void }): Promise<number> {
  return new Promise((resolve, reject) => {
    const { cwd, line } = options
    const child = spawn(program, args, { cwd, stdio: ['ignore', line ? 'pipe' : 'inherit', 'inherit'] })
    let rest = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n')
      rest = lines.pop() ?? ''
      for (const each of lines) line?.(each)
    })
    child.once('error', reject)
    child.once('close', (status) => resolve(status ?? 1))
  })
}
