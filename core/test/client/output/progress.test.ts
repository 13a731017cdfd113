import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatStep, showProgress } from '../../../src/client/output/progress.ts'
import type { ProgressEvent } from '../../../src/hooks/progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('showProgress', () => {
  it('prints one plain line for each new step and each failure when nobody watches', () => {
    const { stream, text } = recorder(false)
    const view = showProgress(stream)
    for (const event of [
      step('a', 'Fetching'),
      step('a', 'Fetching', { current: 5 }),
      step('b', 'Booting'),
      step('a', 'Fetching', { state: 'done' }),
      step('b', 'Booting', { state: 'failed' }),
    ])
      view.update(event)
    view.close()
    expect(text()).toBe('Fetching\nBooting\nBooting: failed\n')
  })

  it('redraws the steps in place on a terminal, and takes them off at the end', () => {
    const { stream, text } = recorder(true)
    const view = showProgress(stream)
    view.update(step('a', 'Fetching', { current: 512, total: 1024, unit: 'bytes' }))
    view.update(step('b', 'Booting'))
    vi.advanceTimersByTime(60)
    expect(text()).toBe('· Fetching  512 B of 1 KiB\n· Booting\n')
    view.update(step('a', 'Fetching', { state: 'done' }))
    vi.advanceTimersByTime(60)
    expect(text()).toContain('\x1b[2A\r\x1b[J✓ Fetching\n· Booting\n')
    view.close()
    expect(text().endsWith('\x1b[2A\r\x1b[J')).toBe(true)
  })

  it('writes nothing to a terminal for what is over at once, nor after its end', () => {
    const { stream, text } = recorder(true)
    const view = showProgress(stream)
    view.update(step('a', 'Fetching'))
    view.close()
    view.update(step('b', 'Booting'))
    vi.advanceTimersByTime(1000)
    expect(text()).toBe('')
  })

  it('writes nothing at all when silent', () => {
    const { stream, text } = recorder(false)
    showProgress(stream, 'silent').update(step('a', 'Fetching'))
    expect(text()).toBe('')
  })
})

describe('formatStep', () => {
  it('keeps to one line of the terminal', () => {
    expect(formatStep(step('a', 'x'.repeat(100)), 20)).toHaveLength(19)
  })
})

function step(id: string, message: string, more: Partial<ProgressEvent> = {}): ProgressEvent {
  return { id, message, state: 'running', ...more }
}

function recorder(isTTY: boolean) {
  const written: string[] = []
  return { stream: { isTTY, columns: 80, write: (text: string) => written.push(text) }, text: () => written.join('') }
}
