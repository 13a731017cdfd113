import { execa, ExecaError } from 'execa'
import type { RunOptions, RunResult, Streaming } from '../hooks/host.ts'
import { fail } from '../errors.ts'
import { installAdvice } from './install-advice.ts'
import { searchPath, which } from './which.ts'

/**
 * Runs a program to its end.
 * @param options see RunOptions; `allow` lists exit codes that are no failure
 * @throws tool.missing when the program is not installed, tool.failed on a bad exit or a timeout
 */
export async function run(program: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  const child = execa(await locate(program), args, {
    ...common(options),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    maxBuffer: 64 * 1024 * 1024,
    timeout: options.timeout ?? 0,
    stripFinalNewline: false,
  })
  if (options.onStderrLine) void eachLine(child.stderr, options.onStderrLine)
  try {
    const result = await child
    return { code: result.exitCode ?? 0, stdout: result.stdout, stderr: result.stderr }
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error
    const { exitCode } = error
    const stdout = String(error.stdout ?? '')
    const stderr = String(error.stderr ?? '')
    if (exitCode !== undefined && options.allow?.includes(exitCode)) return { code: exitCode, stdout, stderr }
    options.signal?.throwIfAborted()
    throw fail(
      'tool.failed',
      { tool: program, reason: reasonOf(error, stderr), advice: `The command was: ${program} ${args.join(' ')}` },
      error,
    )
  }
}

/**
 * Starts a program and streams its stdout.
 * `done` rejects with tool.failed when it ends badly; a reader sees a truncated stream only together with that.
 */
export function stream(program: string, args: string[], options: RunOptions = {}): Streaming {
  const child = execa(program, args, {
    ...common(options),
    env: { ...options.env, PATH: searchPath().join(':') },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    buffer: { stdout: false, stderr: true },
    maxBuffer: 8 * 1024 * 1024,
  })
  if (options.onStderrLine) void eachLine(child.stderr, options.onStderrLine)
  const done = child.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof ExecaError)) throw error
      options.signal?.throwIfAborted()
      if (error.exitCode !== undefined && options.allow?.includes(error.exitCode)) return
      if (error.code === 'ENOENT') throw fail('tool.missing', { tool: program, advice: installAdvice(program) }, error)
      throw fail(
        'tool.failed',
        {
          tool: program,
          reason: reasonOf(error, String(error.stderr ?? '')),
          advice: `The command was: ${program} ${args.join(' ')}`,
        },
        error,
      )
    },
  )
  done.catch(() => undefined)
  return { stdout: child.stdout, done }
}

async function locate(program: string): Promise<string> {
  const path = await which(program)
  if (!path) throw fail('tool.missing', { tool: program, advice: installAdvice(program) })
  return path
}

function common(options: RunOptions) {
  return {
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: options.env } : {}),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    forceKillAfterDelay: 3000,
  }
}

function reasonOf(error: ExecaError, stderr: string): string {
  const last = stderr.trim().split('\n').slice(-3).join('; ')
  const how = error.timedOut
    ? 'it took too long'
    : error.signal
      ? `ended by ${error.signal}`
      : `exit status ${error.exitCode ?? 'unknown'}`
  return last ? `${last} (${how})` : how
}

async function eachLine(source: AsyncIterable<unknown> | null, use: (line: string) => void): Promise<void> {
  let rest = ''
  try {
    for await (const chunk of source ?? []) {
      const lines = (rest + String(chunk)).split(/\r?\n|\r/)
      rest = lines.pop() ?? ''
      for (const line of lines) use(line)
    }
  } catch {
    // the program's end is reported by its exit status
  }
  if (rest) use(rest)
}
