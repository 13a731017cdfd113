import { isError } from '../../errors.ts'

/**
 * What `vm exec`, `vm run` and `vm ssh` exit with when there is no command's status to hand on: 127 and 126 as a shell
 * does for a command that is not there or can't be executed, 125 for everything that failed on banger's side.
 */
export function execFailureStatus(error: unknown): number {
  if (isError(error, 'usage')) return 2
  if (isError(error, 'guest.command-not-found') || isError(error, 'session.preflight')) return 127
  if (isError(error, 'guest.command-not-executable')) return 126
  return 125
}
