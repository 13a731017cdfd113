import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineDecoder } from '../src/line-decoder.ts'

test('lines come out whole, however the bytes are cut', () => {
  const line = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map((text) => `x${text.replaceAll(/[\r\n]/g, ' ')}`)
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(400)), fc.constantFrom('\n', '\r\n'), (lines, cuts, end) => {
      const bytes = Buffer.from(lines.map((text) => text + end).join(''))
      const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
      const decoder = new LineDecoder()
      const found = borders.slice(1).flatMap((to, index) => decoder.push(bytes.subarray(borders[index], to)))
      expect(found).toEqual(lines.map((text) => Buffer.from(text).toString()))
    }),
  )
})

test('a line without an end is kept back until its end comes', () => {
  const decoder = new LineDecoder()
  expect(decoder.push(Buffer.from('{"a":'))).toEqual([])
  expect(decoder.push(Buffer.from('1}\n'))).toEqual(['{"a":1}'])
})
