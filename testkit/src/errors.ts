import assert from 'node:assert/strict'
import { isError } from '@banger/core'

/**
 * An error that a person can act on: a stable code, a message, and a hint that says what to do next.
 * @param code the code that it must have; any but `internal` when missing
 */
export function assertGoodError(error: unknown, what: string, code?: string): void {
  const { code: given, message, hint } = error as { code?: unknown; message?: unknown; hint?: unknown }
  const text = `${what} fails with: ${String(message ?? error)}`
  assert.ok(
    typeof given === 'string' && /^[a-z]+([.-][a-z-]+)*$/.test(given),
    `${text}\nIt has no code of the catalogue (${given}): make it with fail() or BangerError`,
  )
  assert.ok(typeof message === 'string' && message.trim() !== '', `${what} fails with an error that has no message`)
  assert.ok(!/\{\w+\}/.test(message), `${text}\nA place of its message was not filled`)
  assert.ok(typeof hint === 'string' && hint.trim() !== '', `${text}\nIt has no hint that says what to do next`)
  if (code === undefined) assert.notEqual(given, 'internal', text)
  else assert.equal(given, code, `${text}\nIts code should be ${code}`)
}

/** Whether something failed for being told to stop. */
export function isAborted(error: unknown): boolean {
  if (isError(error, 'aborted') || (error instanceof Error && error.name === 'AbortError')) return true
  const { code } = error as { code?: unknown }
  return code === 'ABORT_ERR' || (typeof code === 'string' && code.endsWith('.interrupted'))
}
