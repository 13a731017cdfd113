import { describe, expect, it } from 'vitest'
import { formatAge, formatBytes, formatDuration, formatMebibytes } from '../../../src/client/output/units.ts'

describe('units', () => {
  it('show bytes in the largest unit that gives a number of at least 1', () => {
    expect([0, 1023, 1024, 1536, 10_485_760, 123_456_789, 5 * 1024 ** 4].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1 KiB',
      '1.5 KiB',
      '10 MiB',
      '118 MiB',
      '5 TiB',
    ])
    expect([512, 2048, 2560].map(formatMebibytes)).toEqual(['512 MiB', '2 GiB', '2.5 GiB'])
  })

  it('show times in their largest unit', () => {
    expect([0, 59_999, 60_000, 3_600_000, 86_400_000 * 3].map(formatDuration)).toEqual(['0s', '59s', '1m', '1h', '3d'])
    expect(formatAge(1000, 61_000)).toBe('1m ago')
    expect(formatAge(2000, 1000)).toBe('0s ago')
  })
})
