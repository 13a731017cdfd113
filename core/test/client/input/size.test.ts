import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSize } from '../../../src/client/input/size.ts'

describe('parseSize', () => {
  it('reads MiB, with or without a unit', () => {
    expect(['2G', '2GiB', '2gb', '512M', '2048', '1.5G', '1T'].map(parseSize)).toEqual([
      2048, 2048, 2048, 512, 2048, 1536, 1_048_576,
    ])
  })

  it('refuses what is no size, no whole MiB or nothing', () => {
    for (const text of ['', '0', '-1', '1K', '1.3', 'G', '2 G B', '1e3', '0x10', '١', '2G2'])
      expect(() => parseSize(text), text).toThrow('is no size')
  })

  it('reads back every number of MiB and of GiB', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.constantFrom('M', 'MiB', ''),
        (size, unit) => parseSize(`${size}${unit}`) === size,
      ),
    )
    fc.assert(fc.property(fc.integer({ min: 1, max: 4096 }), (size) => parseSize(`${size}G`) === size * 1024))
  })

  it('never returns anything but a positive whole number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const size = parseSize(text)
          return Number.isInteger(size) && size > 0
        } catch {
          return true
        }
      }),
    )
  })
})
