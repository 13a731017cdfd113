import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { type Banger, environment, program, until } from './banger.ts'

/** banger on a pseudo-terminal of its own, made by tmux's small cousin `script` (util-linux). */
export class Terminal implements Disposable {
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess
  readonly #pid: Promise<number>
  #seen = ''

  constructor(banger: Banger, args: string[], size: { rows: number; cols: number }) {
    const quoted = [program, ...args].map((arg) => `'${arg}'`).join(' ')
    const command = `stty rows ${size.rows} cols ${size.cols}; echo "terminal pid $$"; exec ${quoted}`
    this.#child = spawn('script', ['--quiet', '--return', '--echo', 'never', '--command', command, '/dev/null'], {
      env: { ...environment(banger.home, banger.env), TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#seen += chunk.toString('utf8')
    })
    this.ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#pid = until(() => /terminal pid (\d+)/.test(this.#seen)).then(() => Number(/terminal pid (\d+)/.exec(this.#seen)?.[1]))
  }

  /** Types at the terminal; what was seen so far is forgotten. */
  async type(text: string): Promise<void> {
    this.#seen = ''
    this.#child.stdin?.write(text)
  }

  /** Waits until the screen has said something. */
  async see(pattern: RegExp, timeout = 90_000): Promise<void> {
    await until(() => pattern.test(this.#seen), timeout).catch(() => {
      throw new Error(`the terminal never showed ${pattern}; it shows: ${this.#seen}`)
    })
  }

  resize(rows: number, cols: number): void {
    void this.#pid.then((pid) => execFileSync('stty', ['-F', `/proc/${pid}/fd/0`, 'rows', String(rows), 'cols', String(cols)]))
  }

  [Symbol.dispose](): void {
    // the pseudo-terminal's master goes with it, and the kernel hangs up on whoever runs there
    this.#child.kill('SIGKILL')
  }
}
