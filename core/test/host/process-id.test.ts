import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAlive, killProcess, parseStartTime, startTimeOf } from '../../src/host/process-id.ts'

const stat = (name: string, state: string, startTime: number): string =>
  `42 (${name}) ${state} 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 2 0 ${startTime} 1000 2000 18446744073709551615`

describe('the start time of a process', () => {
  test('is read whatever the program is called', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (name, startTime) => {
        expect(parseStartTime(stat(name, 'S', startTime))).toBe(startTime)
      }),
    )
    expect(parseStartTime(stat(') Z 1 (', 'R', 77))).toBe(77)
  })

  test('is none for a process that has ended, also before anybody waited for it', () => {
    expect(parseStartTime(stat('qemu', 'Z', 5))).toBeUndefined()
    expect(parseStartTime(stat('qemu', 'X', 5))).toBeUndefined()
  })

  test('never fails on text of any kind', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseStartTime(text)))
  })

  test('tells a process apart from a later one with its pid', async () => {
    const startTime = await startTimeOf(process.pid)
    expect(startTime).toBeGreaterThan(0)
    expect(await isAlive({ pid: process.pid, startTime: startTime ?? 0 })).toBe(true)
    expect(await isAlive({ pid: process.pid, startTime: (startTime ?? 0) + 1 })).toBe(false)
  })
})

describe('killing a process', () => {
  test('waits until it is gone', async () => {
    const child = spawn('sleep', ['60'])
    await once(child, 'spawn')
    const id = { pid: child.pid ?? 0, startTime: (await startTimeOf(child.pid ?? 0)) ?? 0 }
    expect(await killProcess(id)).toBe(true)
    expect(await isAlive(id)).toBe(false)
  })

  test('spares another process that has its pid now', async () => {
    const child = spawn('sleep', ['60'])
    await once(child, 'spawn')
    expect(await killProcess({ pid: child.pid ?? 0, startTime: 1 })).toBe(true)
    expect(child.exitCode ?? child.signalCode).toBeNull()
    child.kill()
  })
})
