import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { environment, outcome, program } from '../banger.ts'
import { isAsShown, type Step } from './read-steps.ts'

/** Somebody who does what a document says, in a shell that begins in the home. */
export class Reader {
  readonly #home: string
  #folder: string

  constructor(home: string) {
    this.#home = home
    this.#folder = home
  }

  /** @throws when a command fails, prints something else than is shown, or there is nothing to edit */
  async follow(step: Step): Promise<void> {
    if (step.do === 'edit') return this.#edit(step)
    const { status, output } = await this.#run(step.command)
    if (status === 0 && isAsShown(step.output, output)) return
    throw new Error(`line ${step.line}: ${step.command}\nended with ${status} and printed:\n${output}`)
  }

  async #run(command: string): Promise<{ status: number | null; output: string }> {
    const whereTo = join(this.#home, '.folder')
    // one stream for both, in the order in which a terminal would show them
    const script = `exec 2>&1\n${command}\nstatus=$?\npwd > ${whereTo}\nexit $status`
    const env = environment(this.#home, { PATH: `${dirname(program)}:${process.env.PATH}` })
    const child = spawn('sh', ['-c', script], { cwd: this.#folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const { status, stdout } = await outcome(child)
    if (status === 0) this.#folder = readFileSync(whereTo, 'utf8').trim()
    return { status, output: stripVTControlCharacters(stdout) }
  }

  #edit({ file, from, to, line }: Extract<Step, { do: 'edit' }>): void {
    const path = join(this.#folder, file)
    const parts = readFileSync(path, 'utf8').split(`${from}\n`)
    if (parts.length !== 2) throw new Error(`line ${line}: ${file} has these lines ${parts.length - 1} times:\n${from}`)
    writeFileSync(path, parts.join(`${to}\n`))
  }
}
