import { appendFileSync } from 'node:fs'
import { openProblem } from './vm/host-files.ts'

const levels = ['ERROR', 'WARN', 'INFO'] as const
type Level = (typeof levels)[number]

/** Firecracker's log: `<time> [<id>:<thread>:<level>] <message>` on stdout, or in a file once it is told of one. */
export class Log {
  readonly #id: string
  #path: string | undefined
  #showLevel = false
  #most: Level = 'INFO'

  constructor(id: string) {
    this.#id = id
  }

  /** @throws an Error with the reason */
  async update(change: {
    path?: string | undefined
    level?: string | undefined
    showLevel?: boolean | undefined
  }): Promise<void> {
    const { path, level, showLevel } = change
    if (level) this.#most = /^err/i.test(level) ? 'ERROR' : /^warn/i.test(level) ? 'WARN' : 'INFO'
    if (showLevel !== undefined) this.#showLevel = showLevel
    if (!path) return
    const problem = await openProblem(path, 'a')
    if (problem) throw new Error(problem)
    this.#path = path
  }

  say(level: Level, message: string): void {
    if (levels.indexOf(level) > levels.indexOf(this.#most)) return
    const line = `${new Date().toISOString().slice(0, -1)} [${this.#id}:main${this.#showLevel ? `:${level}` : ''}] ${message}\n`
    if (this.#path) appendFileSync(this.#path, line)
    else process.stdout.write(line)
  }
}
