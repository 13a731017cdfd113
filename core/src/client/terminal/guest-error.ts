import { BangerError, catalogue, type ErrorBody } from '../../errors.ts'

/** The error of an error frame. The agent gives no hints; the catalogue's serves where it needs no details. */
export function guestError(body: ErrorBody): BangerError {
  const known: Record<string, { hint: string }> = catalogue
  const hint = body.hint ?? known[body.code]?.hint
  return new BangerError({ ...body, ...(hint && !hint.includes('{') ? { hint } : {}) })
}
