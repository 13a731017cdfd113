import type { Readable } from 'node:stream'

/** How a program is run. */
export interface RunOptions {
  cwd?: string
  /** Added to this process's own; undefined takes a variable away. */
  env?: Record<string, string | undefined>
  /** Written to the program's stdin, which is closed then. */
  input?: string | Uint8Array
  signal?: AbortSignal
  /** Milliseconds; none unless told. */
  timeout?: number
  /** Exit codes that are no failure besides 0. */
  allow?: number[]
  /** Gets each line of stderr as it comes. */
  onStderrLine?: (line: string) => void
}

/** How a program ended, and what it wrote: as UTF-8 text. */
export interface RunResult {
  code: number
  stdout: string
  stderr: string
}

/** A program whose stdout is read as it comes. `done` rejects when the program fails. */
export interface Streaming {
  stdout: Readable
  done: Promise<void>
}

/** A program that outlives the daemon. */
export interface DetachedProcess {
  pid: number
  /** Settles when the process ends while this daemon lives. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** The daemon's log. Fields are for searching (`{ vm, err }`), the message for people. */
export interface Log {
  /** What only somebody who looks for a fault wants to know; not written unless `log_level` says so. */
  debug(fields: Record<string, unknown>, message: string): void
  /** What has happened, as it should. */
  info(fields: Record<string, unknown>, message: string): void
  /** What is not as it should be, and keeps nothing from working. */
  warn(fields: Record<string, unknown>, message: string): void
  /** What has failed. */
  error(fields: Record<string, unknown>, message: string): void
}

/** The machine that banger runs on, as plugins see it. Tests hand in a fake. */
export interface Host {
  log: Log
  /** Runs a program to its end. @throws tool.missing when it is not installed, tool.failed on a bad exit */
  run(program: string, args: string[], options?: RunOptions): Promise<RunResult>
  /** Starts a program and streams its stdout. @throws as `run` */
  stream(program: string, args: string[], options?: RunOptions): Streaming
  /** Starts a program in a session of its own, so that it outlives the daemon; stdout and stderr go to `logFile`. */
  detach(
    program: string,
    args: string[],
    options: { cwd: string; logFile: string; env?: Record<string, string> },
  ): Promise<DetachedProcess>
  /** Absolute path of a program, or undefined. Looks in PATH, then in /usr/sbin and /sbin. */
  which(program: string): Promise<string | undefined>
  /** Folders of this user. */
  dirs: { config: string; state: string; cache: string; data: string; runtime: string }
  /** `x64` or `arm64`, as in process.arch. */
  arch: string
  /** A plugin's own configuration table (`[plugins.<name>]`), unvalidated. */
  config(plugin: string): Record<string, unknown>
}
