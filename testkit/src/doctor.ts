import assert from 'node:assert/strict'
import type { DoctorCheck } from '@banger/core'
import { type Check, once, within } from './check.ts'
import type { AppliedPlugin } from './plugin/apply.ts'

/** A plugin that taps `doctor`. */
export interface DoctorSubject {
  plugin: AppliedPlugin
}

/** What a plugin that taps `doctor` promises (`DoctorReport` of @banger/core). */
export function doctorChecks(subject: DoctorSubject): Check[] {
  const report = once(() => examine(subject))
  return [
    {
      sentence: 'says what it found, whatever that is',
      run: async () => assert.ok((await report()).length > 0, 'it says nothing'),
    },
    { sentence: 'says it in a line, by a stable name, with what to do about it', run: async () => isWellFormed(await report()) },
    { sentence: 'finds the same once more', run: async () => findsTheSame(await report(), await examine(subject)) },
  ]
}

/** Runs a plugin's part of `banger doctor`. */
export async function examine({ plugin }: DoctorSubject): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = []
  await within('doctor', plugin.hooks.doctor.promise({ add: (check) => void checks.push(check) }))
  return checks
}

function isWellFormed(checks: DoctorCheck[]): void {
  for (const { id, status, message, advice } of checks) {
    assert.match(id, /^[a-z0-9@][\w@/:.-]*$/, `"${id}" is no name of a check`)
    assert.ok(['ok', 'warning', 'error'].includes(status), `${id} has the status "${status}"`)
    assert.match(message, /^\S.*$/, `the message of ${id} is no line of text`)
    assert.ok(status === 'ok' || advice, `${id} does not say what to do: ${message}`)
  }
}

function findsTheSame(first: DoctorCheck[], second: DoctorCheck[]): void {
  const facts = (checks: DoctorCheck[]) => checks.map(({ id, status }) => `${id} ${status}`).sort()
  assert.deepEqual(facts(second), facts(first), 'it finds something else, though nothing changed')
}
