import { execFailureStatus } from '../client/terminal/exec-failure.ts'
import { resolvePaths } from '../store/paths.ts'
import { BangerCommand } from './base.ts'

/**
 * Commands whose stdout and exit status belong to a program in the guest: no `--json`, and statuses of their own
 * for banger's failures.
 */
export abstract class GuestProgramCommand extends BangerCommand {
  static override enableJsonFlag = false

  protected get daemonLog(): string {
    return resolvePaths(process.env).daemonLog
  }

  protected override async catch(thrown: Error & { code?: string; oclif?: unknown }): Promise<void> {
    // oclif's own errors are wrong usage, which the base knows.
    if (!thrown.oclif) process.exitCode = process.exitCode || execFailureStatus(thrown)
    await super.catch(thrown)
  }
}
