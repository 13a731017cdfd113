import { catalogue } from './errors/catalogue.ts'

export { catalogue }

/** A code of banger's own errors: docs/errors.md lists them. */
export type ErrorCode = keyof typeof catalogue

/** What crosses process borders: the daemon's answer body, the agent's, `--json` output. */
export interface ErrorBody {
  code: string
  message: string
  hint?: string
}

/** What an error is made of. A plugin's own code begins with its short name: `image-oci.…`. */
export interface BangerErrorInit extends ErrorBody {
  /** HTTP status of the daemon's answer; 500 unless told. */
  status?: number
  cause?: unknown
}

/** An error that says what is wrong and what to do next. Other copies of core have a class of their own: compare by `isError`. */
export class BangerError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly status: number

  constructor(init: BangerErrorInit) {
    super(init.message, { cause: init.cause })
    this.name = 'BangerError'
    this.code = init.code
    this.hint = init.hint
    this.status = init.status ?? 500
  }

  /** What is sent and printed of it: neither its cause nor its stack. */
  toJSON(): ErrorBody {
    return { code: this.code, message: this.message, ...(this.hint ? { hint: this.hint } : {}) }
  }
}

/**
 * Makes an error of the catalogue.
 * @param code one of the catalogue's codes
 * @param params what fills the `{…}` places of its message and hint
 * @param cause the error underneath, kept for logs
 */
export function fail(code: ErrorCode, params: Record<string, string | number> = {}, cause?: unknown): BangerError {
  const entry = catalogue[code]
  return new BangerError({
    code,
    status: entry.status,
    message: fill(entry.message, params),
    hint: fill(entry.hint, params),
    cause,
  })
}

/** Whether `error` is of this code, also when another copy of core made it. */
export function isError(error: unknown, code?: ErrorCode): error is BangerError {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return false
  return code === undefined ? String(error.code) in catalogue || error instanceof BangerError : error.code === code
}

/** Any thrown value as an error of the catalogue; unknown ones become `internal`, ENOSPC `disk.full`. */
export function toBangerError(error: unknown): BangerError {
  if (error instanceof BangerError) return error
  if (isError(error))
    return new BangerError({ code: error.code, message: error.message, hint: error.hint, status: error.status, cause: error })
  if (error instanceof Error && error.name === 'AbortError') return fail('aborted', { what: 'The operation' }, error)
  if (isErrno(error) && error.code === 'ENOSPC') return fail('disk.full', { folder: error.path ?? 'the state folder' }, error)
  return fail('internal', { reason: error instanceof Error ? error.message : String(error) }, error)
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}

function fill(text: string, params: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, key: string) => (key in params ? String(params[key]) : place))
}
