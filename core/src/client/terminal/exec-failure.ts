import { isError } from '../../errors.ts'

const noCommand = ['guest.command-not-found', 'session.preflight', 'acp.no-agent'] as const

/**
 * What `vm exec`, `vm run` and `vm ssh` exit with when there is no command's status to hand on: 127 and 126 as a shell
 * does for a command that is not there or can't be executed, 125 for everything that failed on banger's side.
 */
export function execFailureStatus(error: unknown): number {
  if (isError(error, 'usage')) return 2
  if (noCommand.some((code) => isError(error, code))) return 127
  if (isError(error, 'guest.command-not-executable')) return 126
  return 125
}
