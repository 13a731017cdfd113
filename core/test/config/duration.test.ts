import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/config/duration.ts'

test.each([
  ['10s', 10_000],
  ['30m', 1_800_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['500ms', 500],
  ['0', 0],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test.each(['', '5', '1.5h', '-1h', 'h', '1 h', '1h ', '1y', 'off'])('"%s" is none', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test('what is written is read again', () => {
  fc.assert(fc.property(fc.nat({ max: 2 ** 36 }), (span) => void expect(parseDuration(formatDuration(span))).toBe(span)))
})

test('any text is read or refused', () => {
  fc.assert(fc.property(fc.string(), (text) => void expect(parseDuration(text) ?? 0).toBeGreaterThanOrEqual(0)))
})
