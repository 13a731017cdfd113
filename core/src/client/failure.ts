import { BangerError, type ErrorBody, fail, isError, toBangerError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { visible } from './output/visible.ts'

/** A failed command as the user gets it. */
export interface Failure {
  body: ErrorBody
  /** 1; 2 for a wrong use of the command. */
  exitCode: number
}

/**
 * What to report of anything thrown in a command.
 * oclif's own errors (a missing argument, an unknown flag) carry `oclif.exit` and become `usage`.
 * @param flags names of the command's flags, to find the one that was meant
 */
export function describeFailure(thrown: unknown, flags: string[] = []): Failure {
  if (isError(thrown, 'usage')) return { body: bodyOf(thrown), exitCode: 2 }
  if (isOclifError(thrown)) {
    const message = thrown.message.replace(/\s*See more help with --help\s*$/, '').replace(/\s*\n\t/, '')
    const near = meant(thrown, flags)
    const body = bodyOf(fail('usage', { reason: message }))
    return { body: near ? { ...body, hint: `Did you mean "${near}"?` } : body, exitCode: 2 }
  }
  return { body: bodyOf(toBangerError(thrown)), exitCode: 1 }
}

/** For a terminal or a log: `Error: message`, then the hint on lines of its own. */
export function formatFailure({ message, hint }: ErrorBody): string {
  return visible([`Error: ${message}`, ...(hint ? [hint] : [])].join('\n'))
}

/** Several failures of one command as one error: messages and hints below each other, the first one's code. */
export function combineFailures(errors: unknown[]): BangerError {
  const all = errors.map(toBangerError)
  const [first] = all
  if (first && all.length === 1) return first
  const hints = [...new Set(all.map(({ hint }) => hint).filter((hint) => hint !== undefined))]
  return new BangerError({
    code: first?.code ?? 'internal',
    message: all.map(({ message }) => message).join('\n'),
    hint: hints.join('\n'),
    cause: new AggregateError(errors),
  })
}

function bodyOf(error: BangerError): ErrorBody {
  const { code, message, hint } = error
  return { code, message, ...(hint ? { hint } : {}) }
}

/** The flag or the fixed value that was meant by one that oclif does not know. */
function meant(error: Error & { flags?: unknown }, flags: string[]): string | undefined {
  const [unknown] = Array.isArray(error.flags) ? error.flags.filter((flag) => typeof flag === 'string') : []
  if (unknown?.startsWith('--'))
    return nearest(
      unknown,
      ['help', ...flags].map((name) => `--${name}`),
    )
  const [, value, options] = /^Expected (?:--[^=\s]+=)?(.*) to be one of: (.*)$/m.exec(error.message) ?? []
  return value && options ? nearest(value, options.split(', ')) : undefined
}

function isOclifError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'oclif' in thrown
}
