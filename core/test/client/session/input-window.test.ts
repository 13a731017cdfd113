import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputWindow } from '../../../src/client/session/input-window.ts'

/** The session's side: what has arrived and what of it was taken, over any number of connections. */
class Session {
  arrived = Buffer.alloc(0)
  taken = 0
  ended = 0
  readonly size: number

  constructor(size: number, before: Buffer) {
    this.size = size
    this.arrived = Buffer.from(before)
    this.taken = before.length
  }

  get attached() {
    return { stdin: this.arrived.length, stdinTaken: this.taken, stdinEnded: this.ended > 0, stdinWindow: this.size }
  }

  receive(payload: Buffer): void {
    if (payload.length === 0) this.ended += 1
    this.arrived = Buffer.concat([this.arrived, payload])
    expect(this.arrived.length - this.taken).toBeLessThanOrEqual(this.size)
  }
}

test('input arrives once and in order, whenever the connection breaks, and never ahead of the room for it', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), size: fc.integer({ min: 0, max: 60 }) }),
    fc.record({
      kind: fc.constant('send' as const),
      frames: fc.integer({ min: 1, max: 5 }),
      arriving: fc.integer({ min: 0, max: 5 }),
    }),
    fc.record({ kind: fc.constant('take' as const), size: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ kind: fc.constant('break' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 20 }), (steps, earlier) => {
      const session = new Session(64, Buffer.alloc(earlier, 1))
      const window = new InputWindow()
      const given: Buffer[] = [Buffer.alloc(earlier, 1)]
      let connected = false
      let lost = false
      let next = 0
      const connect = (): void => {
        expect(window.connect(session.attached)).toBe(true)
        connected = true
        lost = false
      }
      const send = (frames: number, arriving: number): void => {
        if (!connected) connect()
        for (let index = 0; index < frames; index++) {
          const payload = window.shift()
          if (!payload) return
          // Frames arrive in order until one does not, and then none does until there is a new connection.
          lost ||= index >= arriving
          if (!lost) session.receive(payload)
        }
      }
      for (const each of steps) {
        if (each.kind === 'add') {
          const bytes = Buffer.from(Array.from({ length: each.size }, () => next++ % 251))
          given.push(bytes)
          window.add(bytes)
        } else if (each.kind === 'send') send(each.frames, each.arriving)
        else if (each.kind === 'break') connected = false
        else {
          session.taken = Math.min(session.arrived.length, session.taken + each.size)
          if (connected && !lost) window.taken(session.taken)
        }
      }
      window.add(undefined)
      connect()
      for (let round = 0; session.ended === 0 && round < 200; round++) {
        send(5, 5)
        session.taken = session.arrived.length
        window.taken(session.taken)
      }
      expect(session.arrived).toEqual(Buffer.concat(given))
      expect(session.ended).toBe(1)
      expect(window.shift()).toBeUndefined()
    }),
  )
})

describe('an input window', () => {
  const attached = { stdin: 100, stdinTaken: 100, stdinEnded: false, stdinWindow: 10 }

  test('keeps what comes before the first connection', () => {
    const window = new InputWindow()
    window.add(Buffer.from('early'))
    expect(window.shift()).toBeUndefined()
    window.connect(attached)
    expect(window.shift()?.toString()).toBe('early')
  })

  test('finds out that somebody else has sent something meanwhile', () => {
    const window = new InputWindow()
    window.connect(attached)
    window.add(Buffer.from('mine'))
    window.shift()
    expect(window.connect({ ...attached, stdin: 104 })).toBe(true)
    expect(window.connect({ ...attached, stdin: 105 })).toBe(false)
    expect(window.connect({ ...attached, stdin: 103 })).toBe(false)
  })

  test('is full when a mebibyte waits, and no more once that was taken', () => {
    const window = new InputWindow()
    window.connect({ ...attached, stdin: 0, stdinTaken: 0, stdinWindow: 1 << 20 })
    window.add(Buffer.alloc(1 << 20))
    expect(window.full).toBe(true)
    window.shift()
    window.taken(10)
    expect(window.full).toBe(false)
  })
})
