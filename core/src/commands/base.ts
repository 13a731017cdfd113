/**
 * What commands of plugins import beside `@banger/core`.
 * @module @banger/core/command
 */
import { Command } from '@oclif/core/command'
import { connect } from '../client/connect.ts'
import type { DaemonClient, OperationOptions } from '../client/daemon-client.ts'
import { combineFailures, describeFailure, formatFailure } from '../client/failure.ts'
import { abortOnSignals, signalStatus } from '../client/interrupt.ts'
import { showProgress } from '../client/output/progress.ts'
import { fail, isError } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import { resolvePaths } from '../store/paths.ts'

export * as Args from '@oclif/core/args'
export * as Flags from '@oclif/core/flags'
export type { Arg, BooleanFlag, CustomOptions, OptionFlag } from '@oclif/core/interfaces'
export type { ClientOptions, DaemonClient, LogOptions, OperationOptions } from '../client/daemon-client.ts'
export type { WriteBody } from '../client/http.ts'
export { existingPath } from '../client/input/existing-path.ts'
export { type KernelFlags, kernelFlags, kernelRequest } from '../client/input/kernel-flags.ts'
export { type Columns, formatFields, formatTable } from '../client/output/table.ts'
export { describeRestart, type Restart, restartDaemon } from '../client/restart-daemon.ts'
export { canAsk, confirm } from '../client/terminal/confirm.ts'
export { formatAge, formatBytes, formatDuration, formatMebibytes } from '../client/output/units.ts'
export type { Upgrade } from '../client/upgrade.ts'
export { fail, isError } from '../errors.ts'
export type { ExecStart, GuestStats, Health, ListeningPort, ServiceState, StepState } from '../guest/messages.ts'
export type { CreateVm, PrunedFiles, PrunedImages, PruneImages, SshAccess } from '../protocol/api.ts'
export type {
  DaemonInfo,
  ImageEntry,
  PluginAdditions,
  PluginInfo,
  RestartAnswer,
  Vm,
  VmEntry,
  VmState,
  VmUsage,
} from '../protocol/model.ts'

const nothing = (): void => undefined
/** A command speaks to its user, not to a log. */
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * What every command of banger shares, also those of plugins (`@banger/core/command`): the daemon's client, `--json`,
 * progress, Ctrl-C and the way errors look. A command returns its data, which `--json` prints, and says the same in
 * words by `this.log`.
 */
export abstract class BangerCommand extends Command {
  static override enableJsonFlag = true
  /**
   * What shells complete an argument or a flag's value to: `vm`, `image`, `kernel`, `session` (of the VM that is the first
   * argument), `plugin`, `vmm`, `network`, `file`, `folder`, or `vm:path`. Said here by its name where neither that name nor the flag's
   * helpValue (`<file>`) is such a word.
   */
  static completes: Record<string, string> = {}
  #client: DaemonClient | undefined

  /** The daemon, started at the first request when it does not run. */
  protected client(): DaemonClient {
    this.#client ??= connect({ onVersion: (version) => this.#compareVersion(version) })
    return this.#client
  }

  /** The machine that the command runs on: its folders, and programs to run. */
  protected async host(): Promise<Host> {
    const { createHost } = await import('../host/index.ts')
    return createHost(resolvePaths(process.env), quiet)
  }

  /**
   * Runs a long operation: its progress goes to stderr, as JSON lines with --json unless that is a terminal, and Ctrl-C aborts it.
   * @param undoable whether an abort leaves nothing behind (create, start, pull); otherwise the daemon carries on alone
   * @throws aborted or interrupted after a signal; the exit status is 128 + n then
   */
  protected async operate<T>(
    run: (options: Required<Pick<OperationOptions, 'progress' | 'signal'>>) => Promise<T>,
    undoable = true,
  ): Promise<T> {
    const view = showProgress(process.stderr, this.jsonEnabled() ? 'json' : 'text')
    using interrupt = abortOnSignals()
    try {
      return await run({ progress: view.update, signal: interrupt.signal })
    } catch (error) {
      if (interrupt.received) process.exitCode = signalStatus(interrupt.received)
      throw isError(error, 'aborted') && !undoable ? this.#interrupted() : error
    } finally {
      view.close()
    }
  }

  /**
   * Does the same for several names at once.
   * @throws every failure as one, after all have ended
   */
  protected async each<T>(names: string[], run: (name: string) => Promise<T>): Promise<T[]> {
    const results = await Promise.allSettled([...new Set(names)].map(run))
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    if (errors.length > 0) throw combineFailures(errors)
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  }

  /** The command line cut at the first `--`: what is the command's own, and what is behind it (undefined without `--`). */
  protected splitArgv(): { own: string[]; command: string[] | undefined } {
    const at = this.argv.indexOf('--')
    return at === -1 ? { own: this.argv, command: undefined } : { own: this.argv.slice(0, at), command: this.argv.slice(at + 1) }
  }

  /** A line for people, beside the data: not printed with --json. */
  protected note(message: string): void {
    if (!this.jsonEnabled()) process.stderr.write(`${message}\n`)
  }

  /** What `--json` prints: indented, with a newline at its end. */
  protected override logJson(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  }

  /**
   * Prints the error with its hint, or as JSON, and sets the exit status. Only `this.exit()` passes through to oclif, whose own
   * printing adds a frame and a stack.
   */
  protected override async catch(thrown: Error & { code?: string }): Promise<void> {
    if (thrown.code === 'EEXIT') throw thrown
    const { body, exitCode } = describeFailure(thrown, this.#flagNames())
    process.exitCode = process.exitCode || exitCode
    if (this.jsonEnabled()) this.logJson({ error: body })
    else process.stderr.write(`${formatFailure(body)}\n`)
    if (process.env.DEBUG) process.stderr.write(`${thrown.stack}\n`)
  }

  #flagNames(): string[] {
    const flags = Object.entries({ ...this.ctor.baseFlags, ...this.ctor.flags })
    return [
      ...(this.ctor.enableJsonFlag ? ['json'] : []),
      ...flags.flatMap(([name, flag]) => [name, ...('allowNo' in flag && flag.allowNo ? [`no-${name}`] : [])]),
    ]
  }

  #interrupted(): Error {
    const words = this.id?.split(':') ?? []
    return fail('interrupted', { what: words.join(' '), list: words[0] === 'vm' ? 'vm list --all' : `${words[0]} list` })
  }

  #versionCompared = false

  #compareVersion(daemon: string): void {
    const { version } = this.config
    if (this.#versionCompared || daemon === version) return
    this.#versionCompared = true
    process.stderr.write(`Warning: the daemon runs banger ${daemon}; this is ${version}.\n`)
    process.stderr.write('Restart it with: banger daemon restart (VMs keep running)\n')
  }
}
