import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatSteps } from '../../../src/client/output/format-steps.ts'
import { showProgress } from '../../../src/client/output/progress.ts'
import type { ProgressEvent } from '../../../src/hooks/progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('showProgress', () => {
  it('prints one plain line for each new step and each failure when nobody watches', () => {
    const { stream, text } = recorder(false)
    const view = showProgress(stream)
    for (const event of [
      step('a', 'Fetching', { total: 2048, unit: 'bytes' }),
      step('a', 'Fetching', { current: 5 }),
      step('b', 'Booting'),
      step('a', 'Fetching', { state: 'done' }),
      step('b', 'Booting', { state: 'failed' }),
    ])
      view.update(event)
    view.close()
    expect(text()).toBe('Fetching (2 KiB)\nBooting\nBooting: failed\n')
  })

  it('redraws the steps in place on a terminal, and takes them off at the end', () => {
    const { stream, text } = recorder(true)
    const view = showProgress(stream)
    view.update(step('a', 'Fetching', { current: 512, total: 1024, unit: 'bytes' }))
    view.update(step('b', 'Booting'))
    vi.advanceTimersByTime(60)
    expect(text()).toBe('· Fetching  512 B of 1 KiB  50%\n· Booting\n')
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

  it('takes all of the old picture away when the terminal was made narrower and broke its lines', () => {
    const { stream, text } = recorder(true)
    const view = showProgress(stream)
    view.update(step('a', 'x'.repeat(50)))
    view.update(step('b', 'short'))
    vi.advanceTimersByTime(60)
    stream.columns = 20
    view.update(step('c', 'new'))
    vi.advanceTimersByTime(60)
    // 52 columns are three lines of 20
    expect(text()).toContain(`\x1b[4A\r\x1b[J· ${'x'.repeat(16)}…\n· short\n· new\n`)
  })

  it('writes events as JSON lines for machines, and a picture all the same on a terminal', () => {
    const event = step('a', 'Fetching', { current: 1, total: 2, unit: 'bytes' })
    const machine = recorder(false)
    showProgress(machine.stream, 'json').update(event)
    expect(JSON.parse(machine.text())).toEqual({ type: 'progress', event })
    const person = recorder(true)
    showProgress(person.stream, 'json').update(event)
    vi.advanceTimersByTime(60)
    expect(person.text()).toContain('· Fetching')
  })
})

describe('formatSteps', () => {
  const size = { columns: 80, rows: 10 }
  const bytes = (current: number, total: number) => ({ current, total, unit: 'bytes' as const })

  it('puts amounts into a column, in percent while it goes on', () => {
    const steps = [
      step('a', 'Looking up', { state: 'done' }),
      step('b', 'Layer 1', { state: 'done', ...bytes(2048, 2048) }),
      step('c', 'Layer 10', bytes(512, 2048)),
      step('d', 'Things', { current: 3, unit: 'items' }),
    ]
    expect(formatSteps(steps, size)).toEqual([
      '✓ Looking up',
      '✓ Layer 1   2 KiB',
      '· Layer 10  512 B of 2 KiB  25%',
      '· Things    3',
    ])
  })

  it('keeps the amounts where it is narrow', () => {
    const steps = [step('a', 'Downloading layer 1 of 6', bytes(512, 2048)), step('b', 'Looking up something long')]
    expect(formatSteps(steps, { ...size, columns: 40 })).toEqual([
      '· Downloading lay…  512 B of 2 KiB  25%',
      '· Looking up something long',
    ])
  })

  it('leaves out what was done first when there are too many', () => {
    const steps = [
      step('a', 'a'),
      ...['b', 'c', 'd'].map((id) => step(id, id, { state: 'done' })),
      step('e', 'e', { state: 'failed' }),
      step('f', 'f'),
    ]
    expect(formatSteps(steps, { ...size, rows: 5 })).toEqual(['… 2 more', '· a', '✓ d', '✗ e', '· f'])
    expect(formatSteps(steps, { ...size, rows: 2 })).toEqual(['… 5 more', '· f'])
  })

  it('never fills a line or the rows, whatever the messages hold', () => {
    const any = fc.record({
      id: fc.string(),
      message: fc.string({ unit: 'binary-ascii', maxLength: 200 }),
      state: fc.constantFrom('running' as const, 'done' as const, 'failed' as const),
      current: fc.nat(),
      total: fc.nat(),
      unit: fc.constantFrom('bytes' as const, 'items' as const),
    })
    fc.assert(
      fc.property(fc.array(any), fc.integer({ min: 4, max: 200 }), fc.integer({ min: 2, max: 20 }), (steps, columns, rows) => {
        const lines = formatSteps(steps, { columns, rows })
        return lines.length <= rows && lines.every((line) => line.length < columns && !/[\x00-\x1f]/.test(line))
      }),
    )
  })
})

function step(id: string, message: string, more: Partial<ProgressEvent> = {}): ProgressEvent {
  return { id, message, state: 'running', ...more }
}

function recorder(isTTY: boolean) {
  const written: string[] = []
  return { stream: { isTTY, columns: 80, write: (text: string) => written.push(text) }, text: () => written.join('') }
}
