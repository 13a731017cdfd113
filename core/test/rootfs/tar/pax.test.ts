import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidImage } from '../../../src/rootfs/invalid-image.ts'
import { aclFromText } from '../../../src/rootfs/tar/acl-text.ts'
import { parsePax, parseTime } from '../../../src/rootfs/tar/pax.ts'

test('records come out as they went in, whatever bytes their values hold', () => {
  const record = fc.tuple(
    fc.stringMatching(/^[a-zA-Z][\w.]{0,20}$/),
    fc.uint8Array({ maxLength: 150 }).map((bytes) => Buffer.from(bytes)),
  )
  fc.assert(
    fc.property(fc.array(record), (records) => {
      expect(parsePax(Buffer.concat(records.map(([key, value]) => encode(key, value))))).toEqual(records)
    }),
  )
})

test('no bytes make it fail in another way than by calling the tar damaged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        parsePax(Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidImage)
      }
    }),
  )
})

test('times keep nanoseconds, also before 1970', () => {
  expect(parseTime('1700000000.123456789')).toEqual({ seconds: 1_700_000_000, nanoseconds: 123_456_789 })
  expect(parseTime('1.5')).toEqual({ seconds: 1, nanoseconds: 500_000_000 })
  expect(parseTime('-1.25')).toEqual({ seconds: -2, nanoseconds: 750_000_000 })
  expect(parseTime('-3')).toEqual({ seconds: -3, nanoseconds: 0 })
  expect(() => parseTime('soon')).toThrow(InvalidImage)
})

test('access control lists in words become what the attribute holds, in its order', () => {
  const words = aclFromText('user::rwx\nuser:1000:r-x\ngroup::r-x,other::r--,mask::rwx,user:ann:rw-:7')
  const entries = Array.from({ length: (words.length - 4) / 8 }, (_, index) => [
    words.readUInt16LE(4 + 8 * index),
    words.readUInt16LE(6 + 8 * index),
    words.readUInt32LE(8 + 8 * index),
  ])
  const nobody = 0xffffffff
  expect(entries).toEqual([
    [1, 7, nobody],
    [2, 6, 7],
    [2, 5, 1000],
    [4, 5, nobody],
    [16, 7, nobody],
    [32, 4, nobody],
  ])
  expect(() => aclFromText('user:ann:rwx')).toThrow('--numeric-owner')
})

function encode(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let digits = 1
  while (String(rest.length + digits).length !== digits) digits++
  return Buffer.concat([Buffer.from(String(rest.length + digits)), rest])
}
