import { type ChildProcess, spawn } from 'node:child_process'
import { until } from '../e2e/banger.ts'

/** bash or zsh on a terminal, to press Tab in. */
export class InteractiveShell implements Disposable {
  readonly #child: ChildProcess
  #seen = ''

  /** @param begin the first line that it is told */
  constructor(shell: 'bash' | 'zsh', begin: string, options: { env: NodeJS.ProcessEnv; cwd: string }) {
    const start = { bash: 'bash --norc --noprofile -i', zsh: 'zsh -f -i' }[shell]
    this.#child = spawn('script', ['--quiet', '--command', `stty rows 40 cols 120; exec ${start}`, '/dev/null'], {
      ...options,
      env: { ...options.env, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#seen += chunk.toString('utf8')
    })
    this.#child.stdin?.write(`${begin}\n`)
  }

  /** Types a command's beginning, presses Tab and takes the line apart. @returns the words that it has become */
  async completed(line: string): Promise<string[]> {
    this.#seen = ''
    // Ctrl-A and Ctrl-E: the line becomes printf's arguments.
    this.#child.stdin?.write(`${line}\t\x01printf '<%s>\\n' \x05; echo en''d\n`)
    await this.#see(/^end\r?$/m)
    return [...this.#seen.matchAll(/^<(.*)>\r?$/gm)].map(([, word = '']) => word)
  }

  /** Types, presses Tab and waits until what is offered holds all of these; the line is given up. */
  async offers(line: string, ...words: string[]): Promise<string> {
    this.#seen = ''
    this.#child.stdin?.write(`${line}\t`)
    await until(() => words.every((word) => this.#seen.includes(word))).catch(() => {
      throw new Error(`"${line}" did not offer ${words.join(', ')}, but: ${this.#seen}`)
    })
    const seen = this.#seen
    // Ctrl-U, since Ctrl-C would reach what is still at work.
    this.#child.stdin?.write('\x15\n')
    return seen
  }

  async #see(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.#seen)).catch(() => {
      throw new Error(`the shell never showed ${pattern}, but: ${this.#seen}`)
    })
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}
