import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Image, Kernel, Vm } from '../../core/src/protocol/model.ts'

/** What `make build` made. */
export const program = join(import.meta.dirname, '../../build/bin/banger')

export interface Outcome {
  status: number | null
  stdout: string
  stderr: string
}

export interface CallOptions {
  input?: string
  env?: Record<string, string>
}

/** The environment of a user whose home is `home` and who has no XDG settings. */
export function environment(home: string, extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, LANG, TERM, NODE_EXTRA_CA_CERTS } = process.env
  return { PATH, LANG, TERM, HOME: home, ...(NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS } : {}), ...extra }
}

/** banger as a user with that home runs it. */
export class Banger {
  readonly home: string
  readonly env: Record<string, string>
  /** What its command lines begin with: to run it in a network namespace, or as another user. */
  readonly prefix: string[]

  constructor(home: string, env: Record<string, string> = {}, prefix: string[] = []) {
    this.home = home
    this.env = env
    this.prefix = prefix
  }

  /** Runs a command to its end; never throws on a bad status. */
  async run(args: string[], options: CallOptions = {}): Promise<Outcome> {
    const child = this.start(args, options)
    // A command may end without having read its input.
    child.stdin?.on('error', () => undefined).end(options.input ?? '')
    const result = await outcome(child)
    if (/daemon\.start-failed|daemon could not be started/.test(result.stdout + result.stderr)) this.#showDaemonLog()
    return result
  }

  /** A test's folder goes when it ends, and the daemon's log with it. */
  #showDaemonLog(): void {
    const log = join(this.state, 'bangerd.log')
    if (existsSync(log)) console.error(`${log}:\n${readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')}`)
  }

  /** Runs a command that must succeed. @returns its stdout */
  async ok(args: string[], options: CallOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, options)
    if (status !== 0) throw new Error(`banger ${args.join(' ')} ended with ${status}: ${stderr || stdout}`)
    return stdout
  }

  async json<T>(args: string[], options: CallOptions = {}): Promise<T> {
    return JSON.parse(await this.ok([...args, '--json'], options)) as T
  }

  /** Starts a command and leaves its streams to the caller. */
  start(args: string[], options: CallOptions = {}): ChildProcess {
    const [command = program, ...rest] = [...this.prefix, program, ...args]
    return spawn(command, rest, { env: environment(this.home, { ...this.env, ...options.env }), stdio: 'pipe' })
  }

  vms(): Promise<Vm[]> {
    return this.json<Vm[]>(['vm', 'list', '--all'])
  }

  vm(name: string): Promise<Vm> {
    return this.json<Vm>(['vm', 'show', name])
  }

  images(): Promise<Image[]> {
    return this.json<Image[]>(['image', 'list'])
  }

  kernels(): Promise<Kernel[]> {
    return this.json<Kernel[]>(['kernel', 'list'])
  }

  /** Pid of the daemon, or undefined when none runs. Starts none. */
  async daemonPid(): Promise<number | undefined> {
    const { status, stdout } = await this.run(['daemon', 'status', '--json'])
    if (status !== 0) return undefined
    const info = JSON.parse(stdout) as { pid?: number }
    return info.pid
  }

  async killDaemon(): Promise<void> {
    const pid = await this.daemonPid()
    if (pid === undefined) throw new Error('no daemon runs')
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
  }

  get state(): string {
    return join(this.home, '.local/state/banger')
  }
}

export async function outcome(child: ChildProcess): Promise<Outcome> {
  const ended = new Promise<number | null>((resolve) => child.once('close', (code, signal) => resolve(signal ? null : code)))
  const [stdout, stderr, status] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    ended,
  ])
  return { status, stdout, stderr }
}

/** Whether a process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** Waits until something holds. @throws after `timeout` milliseconds */
export async function until(holds: () => boolean | Promise<boolean>, timeout = 20_000): Promise<void> {
  const deadline = Date.now() + timeout
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it did not become true within ${timeout} ms: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
