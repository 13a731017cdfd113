import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Banger } from './banger.ts'

/** A home for one test, with its own daemon; gone with everything of it at the end of the scope. */
export class Scratch extends Banger implements AsyncDisposable {
  constructor(env: Record<string, string> = {}, prefix: string[] = []) {
    super(mkdtempSync(join(tmpdir(), 'banger-scratch-')), env, prefix)
  }

  /** Registers the suite's image and kernel, where they lie. @returns names as the suite has them */
  async borrow(from: Banger): Promise<void> {
    const [image] = await from.images()
    const [kernel] = await from.kernels()
    if (!image || !kernel) throw new Error('the suite has no image')
    const { vmlinux, modules } = kernel.files
    const modulesOption = modules ? ['--modules', modules] : []
    await this.ok(['image', 'register', '--name', 'base', '--rootfs', image.files.rootfs, '--kernel', vmlinux, ...modulesOption])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(['daemon', 'stop'])
    for (const pid of processesNaming(this.home)) kill(pid)
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** Processes that have the text in their command line, this one and its children's shells left out. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text)
      } catch {
        return false
      }
    })
    .map(Number)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone by itself
  }
}

/** Every path below a folder, relative, sorted. */
export function tree(folder: string): string[] {
  return execFileSync('find', ['.', '-mindepth', '1'], { cwd: folder, encoding: 'utf8' }).split('\n').filter(Boolean).sort()
}
