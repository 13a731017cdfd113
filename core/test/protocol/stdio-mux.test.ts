import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeOffset,
  encodeFrame,
  encodeJson,
  encodeOffset,
  encodeResize,
  FrameDecoder,
  maxPayload,
  streamId,
  type Frame,
} from '../../src/protocol/stdio-mux.ts'

const testdata = new URL('../../../agent/testdata/', import.meta.url)
const golden = JSON.parse(readFileSync(new URL('frames.json', testdata), 'utf8')) as Record<
  string,
  { id: number; payload: string }[]
>

describe('the golden frames, which the agent reads and writes too', () => {
  test.each(Object.entries(golden))('%s', (name, list) => {
    const bytes = Buffer.from(readFileSync(new URL(`frames/${name}.hex`, testdata), 'utf8').replaceAll('\n', ''), 'hex')
    const frames = list.map(({ id, payload }) => ({ id, payload: Buffer.from(payload, 'base64') }))
    expect(Buffer.concat(frames.map(({ id, payload }) => encodeFrame(id, payload)))).toEqual(bytes)
    expect(decode(bytes, 1)).toEqual(frames)
    expect(decode(bytes, bytes.length)).toEqual(frames)
  })
})

test('the shorthands write what the golden frames hold', () => {
  const hex = (name: string): Buffer =>
    Buffer.from(readFileSync(new URL(`frames/${name}.hex`, testdata), 'utf8').replaceAll('\n', ''), 'hex')
  expect(encodeResize(50, 132)).toEqual(hex('resize'))
  expect(encodeJson(streamId.exit, { code: 137, signal: 'SIGKILL' })).toEqual(hex('exit'))
  expect(encodeOffset(streamId.ack, 4096)).toEqual(hex('ack'))
  expect(encodeOffset(streamId.position, 0x0102030405)).toEqual(hex('position'))
})

test('an offset is eight bytes that a number holds exactly', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (offset) => {
      expect(decodeOffset(encodeOffset(streamId.ack, offset).subarray(5))).toBe(offset)
    }),
  )
  expect(decodeOffset(Buffer.alloc(7))).toBeUndefined()
  expect(decodeOffset(Buffer.alloc(8, 255))).toBeUndefined()
})

test('frames survive any cut into chunks', () => {
  const frame = fc.record({
    id: fc.integer({ min: 0, max: 255 }),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.integer({ min: 1, max: 400 }), (frames, size) => {
      const bytes = Buffer.concat(frames.map(({ id, payload }) => encodeFrame(id, payload)))
      expect(decode(bytes, size)).toEqual(frames)
    }),
  )
})

test('any bytes are frames, an unfinished rest, or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoder = new FrameDecoder()
      try {
        const frames = decoder.push(Buffer.from(bytes))
        const length = frames.reduce((sum, { payload }) => sum + 5 + payload.length, 0)
        expect(length + decoder.pending).toBe(bytes.length)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})

test('a payload above the limit is neither written nor read', () => {
  expect(() => encodeFrame(streamId.stdin, Buffer.alloc(maxPayload + 1))).toThrow(RangeError)
  expect(encodeFrame(streamId.stdin, Buffer.alloc(maxPayload))).toHaveLength(5 + maxPayload)
  expect(() => new FrameDecoder().push(Buffer.from([1, 0, 16, 0, 1]))).toThrow(RangeError)
})

function decode(bytes: Buffer, size: number): Frame[] {
  const decoder = new FrameDecoder()
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; at += size) frames.push(...decoder.push(bytes.subarray(at, at + size)))
  expect(decoder.pending).toBe(0)
  return frames
}
