import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeLz4Legacy } from '../../src/kernels/lz4-legacy.ts'
import { lz4Literals } from './sample-kernel.ts'

const limit = 32 << 20

/** A frame of one block. */
function frame(...block: number[]): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  return Buffer.concat([Buffer.from([0x02, 0x21, 0x4c, 0x18]), size, Buffer.from(block)])
}

describe('decodeLz4Legacy', () => {
  test('gives back what was packed as literals, also over several blocks', () => {
    for (const length of [0, 1, 14, 15, 16, 269, 270, 271, 5000, (8 << 20) + 7]) {
      const content = Buffer.alloc(length, 'abcdefg')
      expect(decodeLz4Legacy(lz4Literals(content), limit).equals(content)).toBe(true)
    }
  })

  test('repeats what a match overlaps', () => {
    // "ab", a match of 4 + 15 + 3 bytes two back, then the literal "!".
    const block = [0x2f, 0x61, 0x62, 2, 0, 3, 0x10, 0x21]
    expect(decodeLz4Legacy(frame(...block), limit).toString()).toBe(`${'ab'.repeat(12)}!`)
  })

  test.each([
    ['a match before the start', frame(0x10, 0x61, 2, 0)],
    ['a match at distance 0', frame(0x10, 0x61, 0, 0)],
    ['literals that are cut off', frame(0x50, 0x61)],
    ['a length that is cut off', frame(0xf0, 255)],
    ['an offset that is cut off', frame(0x10, 0x61, 2)],
    ['a block that is cut off', frame(0x10, 0x61).subarray(0, 9)],
    ['no frame', Buffer.from('none')],
  ])('refuses %s', (_, input) => {
    expect(() => decodeLz4Legacy(input, limit)).toThrow(RangeError)
  })

  test('gives no more than the limit', () => {
    expect(() => decodeLz4Legacy(lz4Literals(Buffer.alloc(1000)), 999)).toThrow(RangeError)
    const bomb = frame(0x1f, 0x61, 1, 0, ...new Array<number>(30_000).fill(255), 0)
    expect(decodeLz4Legacy(bomb, limit).length).toBe(1 + 4 + 15 + 30_000 * 255)
    expect(() => decodeLz4Legacy(bomb, 1 << 20)).toThrow(RangeError)
  })

  test('ends on any input, with bytes or a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          decodeLz4Legacy(frame(...bytes), 1 << 16)
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
        }
      }),
    )
  })
})
