import { expect, test } from 'vitest'
import { Activity } from '../../src/lifecycle/activity.ts'

test('a VM is idle since the last thing that used it ended, and not while anything does', () => {
  let now = 100
  const activity = new Activity(() => now)
  now = 200
  const endExec = activity.begin('vm', 'exec')
  const endSsh = activity.begin('vm', 'SSH')
  expect(activity.idleSince('vm')).toBeUndefined()
  now = 300
  endExec()
  expect(activity.idleSince('vm')).toBeUndefined()
  now = 400
  endSsh()
  now = 500
  endExec()
  endSsh()
  expect(activity.idleSince('vm')).toBe(400)
  activity.note('vm')
  expect(activity.idleSince('vm')).toBe(500)
})

test('what was before the daemon does not count against a VM', () => {
  const activity = new Activity(() => 100)
  expect(activity.idleSince('unknown')).toBe(100)
})

test('a VM that is forgotten begins anew, whatever ends later', () => {
  let now = 100
  const activity = new Activity(() => now)
  const end = activity.begin('vm', 'exec')
  activity.forget('vm')
  now = 200
  end()
  expect(activity.idleSince('vm')).toBe(100)
})
