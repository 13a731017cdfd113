import { InvalidImage } from '../invalid-image.ts'
import type { Time } from './entry.ts'

/**
 * Records of an extended header: `<length> <key>=<value>\n`, the length counting itself
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "pax Extended Header"). Values are bytes.
 * Keys may come more than once (GNU.sparse.offset), so this is a list.
 * @throws InvalidImage
 */
export function parsePax(body: Buffer): [key: string, value: Buffer][] {
  const records: [string, Buffer][] = []
  let at = 0
  while (at < body.length) {
    if (body[at] === 0) break
    const space = body.indexOf(0x20, at)
    const length = Number(body.toString('latin1', at, space === -1 ? at : space) || Number.NaN)
    const end = at + length
    const equals = body.indexOf(0x3d, space)
    if (!Number.isInteger(length) || end > body.length || equals === -1 || equals >= end || body[end - 1] !== 0x0a) {
      throw new InvalidImage('the tar has a damaged extended header')
    }
    records.push([body.toString('latin1', space + 1, equals), body.subarray(equals + 1, end - 1)])
    at = end
  }
  return records
}

/** `1700000000.123456789`, also negative: `-1.5` is half a second before -1. */
export function parseTime(text: string): Time {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text.trim())
  if (!match) throw new InvalidImage(`the tar has a time that is none: ${text.slice(0, 40)}`)
  const seconds = Number(match[2])
  const nanoseconds = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'))
  if (match[1] === '') return { seconds, nanoseconds }
  return nanoseconds === 0
    ? { seconds: 0 - seconds, nanoseconds }
    : { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds }
}

/** A decimal number that must be exact. */
export function parseDecimal(text: string, what: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidImage(`the tar has a bad ${what}: ${text.slice(0, 40)}`)
  return value
}
