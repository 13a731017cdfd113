import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface CliResult {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface RunningCli {
  child: ChildProcess
  ended: Promise<CliResult>
}

export const cliArgs = [join(import.meta.dirname, 'cli.ts')]

/** Starts a CLI as a process of its own, its stdin a pipe. */
export function startCli(env: Record<string, string>, args: string[]): RunningCli {
  const child = spawn(process.execPath, [...cliArgs, ...args], { env: cliEnv(env), stdio: 'pipe' })
  const exited = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (code, signal) => resolve([code, signal]))
  })
  child.stdin.on('error', () => {})
  const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(([[code, signal], stdout, stderr]) => ({
    code,
    signal,
    stdout,
    stderr,
  }))
  return { child, ended }
}

/** Runs a CLI to its end. */
export async function runCli(env: Record<string, string>, args: string[], input: string | Buffer = ''): Promise<CliResult> {
  const { child, ended } = startCli(env, args)
  child.stdin?.end(input)
  return ended
}

export function cliEnv(env: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TEST_LIB: '/opt/banger/lib/banger',
    BANGER_DAEMON: join(import.meta.dirname, '../client/fake-bangerd.ts'),
    ...env,
  }
}
