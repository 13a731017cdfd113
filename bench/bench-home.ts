import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Image, Kernel } from '../core/src/protocol/model.ts'

const program = join(import.meta.dirname, '../build/bin/banger')

/** A home with the default kernel and image in it, or an empty one. `BANGER_BENCH_HOME` keeps the former between runs. */
export class BenchHome {
  readonly dir: string
  readonly env: NodeJS.ProcessEnv

  readonly #kept: string | undefined

  constructor({ empty = false } = {}) {
    const kept = empty ? undefined : process.env.BANGER_BENCH_HOME
    this.#kept = kept
    if (kept) mkdirSync(kept, { recursive: true })
    this.dir = kept ?? mkdtempSync(join(tmpdir(), 'banger-bench-'))
    const {
      XDG_CONFIG_HOME: _config,
      XDG_STATE_HOME: _state,
      XDG_CACHE_HOME: _cache,
      XDG_DATA_HOME: _data,
      ...rest
    } = process.env
    this.env = { ...rest, HOME: this.dir }
    if (!empty) this.run('vm', 'run', '--', 'true')
  }

  /** Runs banger to its end. @returns its stdout @throws when it fails */
  run(...args: string[]): string {
    return this.runProgram(program, ...args)
  }

  runProgram(name: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(name, args, { env: this.env, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}: ${stderr}`)
    return stdout
  }

  /** Runs banger with a line as its input, and throws its output away. @throws when it fails */
  pour(...args: string[]): undefined {
    this.pourProgram(program, ...args)
  }

  pourProgram(name: string, ...args: string[]): undefined {
    const { status } = spawnSync(name, args, { env: this.env, input: 'go\n', stdio: ['pipe', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}`)
  }

  get image(): Image {
    return first(JSON.parse(this.run('image', 'list', '--json')) as Image[])
  }

  get kernel(): Kernel {
    return first(JSON.parse(this.run('kernel', 'list', '--json')) as Kernel[])
  }

  close(): void {
    this.run('daemon', 'stop')
    if (!this.#kept) rmSync(this.dir, { recursive: true, force: true })
  }
}

function first<T>(entries: T[]): T {
  const [entry] = entries
  if (!entry) throw new Error('the bench home is empty')
  return entry
}
