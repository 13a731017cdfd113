import assert from 'node:assert/strict'
import type { ProgressEvent } from '@banger/core'

/** Steps that a person can follow: each has words, counts up to its total at most, and ends, done or failed. */
export function assertGoodProgress(events: ProgressEvent[]): void {
  const last = new Map<string, ProgressEvent>()
  for (const event of events) {
    const { id, message, current, total } = event
    assert.ok(id !== '', `a step of progress has no id: ${message}`)
    assert.ok(message !== '' && !message.includes('\n'), `the step of progress "${id}" has no line of words: "${message}"`)
    assert.ok(
      current === undefined || total === undefined || current <= total,
      `the step of progress "${id}" is at ${current} of ${total}`,
    )
    last.set(id, event)
  }
  const open = [...last.values()].filter(({ state }) => state === 'running').map(({ id }) => `"${id}"`)
  assert.deepEqual(open, [], `steps of progress never end, done or failed: ${open.join(', ')}`)
}
