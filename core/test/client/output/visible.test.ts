import fc from 'fast-check'
import { expect, it } from 'vitest'
import { visible, visibleLine } from '../../../src/client/output/visible.ts'

it('shows what would steer a terminal, and leaves the rest', () => {
  expect(visible('a\x1b[2Jb\r\n\tc\u009b1m é')).toBe('a\\x1b[2Jb\\x0d\n\tc\\x9b1m é')
  expect(visibleLine('a\nb\tc')).toBe('a\\nb\\tc')
})

it('lets nothing through that steers a terminal', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[^\P{Cc}\n\t]/u.test(visible(text))))
})
