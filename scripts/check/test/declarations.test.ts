import { expect, test } from 'vitest'
import { undocumented, unexported } from '../declarations.ts'

const text = `
import { Readable } from 'node:stream'
/** What moves. */
interface Motor {
  start(): void
  /** Ends it. */
  stop(): void
  speed: number
}
type Gear = 1 | 2
/** Shifts. */
declare function shift(motor: Motor, to: Gear): Readable
declare const best: Gear
declare class Box$1 {}
export { best, shift, Box$1 as Box }
export type { Motor }
`

test('a type that is declared and exported under no name is found', () => {
  expect(unexported([text])).toEqual(['Gear'])
})

test('what has no docstring is found, methods too, fields not', () => {
  expect(undocumented([text])).toEqual(['Motor.start', 'Gear', 'best', 'Box$1'])
})
