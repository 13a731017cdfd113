import { describeFailure, formatFailure } from '../client/failure.ts'

/**
 * Ends the program after something thrown out of a command: `this.exit(n)` silently, anything else as an error of the
 * catalogue. Commands of banger's own report their errors themselves (commands/base.ts), in the same form.
 */
export function reportFailure(thrown: unknown): never {
  const status = exitStatus(thrown)
  if (status !== undefined) process.exit(status)
  const { body, exitCode } = describeFailure(thrown)
  process.stderr.write(`${formatFailure(body)}\n`)
  if (process.env.DEBUG && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`)
  process.exit(exitCode)
}

/** The status in oclif's ExitError. */
function exitStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'EEXIT') return undefined
  return 'oclif' in thrown ? ((thrown.oclif as { exit?: number }).exit ?? 0) : 0
}
