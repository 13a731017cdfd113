import { BangerError, fail, toBangerError } from '../../errors.ts'
import type { FoundPlugin } from './find-plugins.ts'

/** Why a plugin could not be loaded: an error that names it, with a hint for its user. */
export function loadFailure(plugin: FoundPlugin, error: unknown): BangerError {
  const known = toBangerError(error)
  const advice = adviceFor(plugin)
  if (/^plugin\./.test(known.code)) {
    const hint = known.hint && !known.hint.includes('{advice}') ? known.hint : advice
    return new BangerError({ ...known.toJSON(), status: known.status, hint, cause: error })
  }
  const reason = known.code !== 'internal' ? known.message : error instanceof Error ? error.message : String(error)
  return fail(
    'plugin.broken',
    { plugin: plugin.name, reason, advice: (known.code !== 'internal' && known.hint) || advice },
    error,
  )
}

/** What its user can do about a plugin that fails. */
export function adviceFor({ name, origin }: Pick<FoundPlugin, 'name' | 'origin'>): string {
  if (origin === 'bundled') return 'It is a part of banger: install banger again. Everything else keeps working.'
  const remove = `remove it: banger plugins uninstall ${name}`
  return origin === 'installed'
    ? `Update it: banger plugins update ${name}; or ${remove}. Everything else keeps working.`
    : `Mend it, then: banger daemon restart; or ${remove}. Everything else keeps working.`
}
