import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Banger, type CallOptions, environment, type Outcome, outcome } from './banger.ts'
import { processesNaming } from './scratch.ts'

/** Why no other user can be made here, '' when one can. */
export const userObstacle = process.getuid?.() === 0 ? '' : 'needs root to make a user'

/** A user of this machine who may nothing in particular, with banger installed where that user can read it. Root makes one. */
export class UnprivilegedUser extends Banger implements AsyncDisposable {
  readonly name: string
  /** Holds everything of the user's: the home, banger and what tests put there. */
  readonly folder: string

  constructor(name: string) {
    const folder = mkdtempSync(join(tmpdir(), 'banger-user-'))
    super(join(folder, 'home'))
    this.name = name
    this.folder = folder
    chmodSync(folder, 0o755)
    const repository = join(import.meta.dirname, '../..')
    execFileSync('make', ['--no-print-directory', 'install', `PREFIX=${folder}/usr`], { cwd: repository, stdio: 'pipe' })
    execFileSync('useradd', ['--create-home', '--home-dir', this.home, '--shell', '/bin/sh', name])
  }

  override start(args: string[], options: CallOptions = {}): ChildProcess {
    return this.#start([`${this.folder}/usr/bin/banger`, ...args], options)
  }

  /** Runs any program as this user. */
  runProgram(command: string[]): Promise<Outcome> {
    return outcome(this.#start(command))
  }

  #start(command: string[], options: CallOptions = {}): ChildProcess {
    const id = (flag: string) => execFileSync('id', [flag, this.name], { encoding: 'utf8' }).trim()
    const become = ['--reuid', id('-u'), '--regid', id('-g'), '--clear-groups']
    const env = environment(this.home, { ...this.env, ...options.env })
    return spawn('setpriv', [...become, ...command], { cwd: this.home, env, stdio: 'pipe' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(['daemon', 'stop'])
    for (const pid of processesNaming(this.folder)) process.kill(pid, 'SIGKILL')
    execFileSync('userdel', ['--force', this.name])
    rmSync(this.folder, { recursive: true, force: true })
  }
}
