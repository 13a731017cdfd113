import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { awaitHalt } from '../src/await-halt.ts'

describe('a guest that has halted', () => {
  let dir: string
  let log: string
  const abort = { current: new AbortController() }
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'banger-halt-'))
    log = join(dir, 'console.log')
    await writeFile(log, '[   99.0] reboot: System halted\r\n')
    abort.current = new AbortController()
  })
  afterEach(async () => {
    abort.current.abort()
    await rm(dir, { recursive: true })
  })
  /** From behind what the earlier start has left. */
  const waiting = () => awaitHalt(log, '[   99.0] reboot: System halted\r\n'.length, abort.current.signal)

  test.each([
    '[   12.345678] reboot: System halted\r\n',
    '[   12.345678] reboot: Power down\r\n',
    '[   12.345678] reboot: Power off not available: System halted instead\r\n'.replace(' instead', ''),
    'reboot: System halted',
  ])('is noticed by the last word of its kernel: %j', async (word) => {
    const halted = waiting()
    await appendFile(log, '[    1.0] systemd-shutdown[1]: Powering off.\r\n')
    await appendFile(log, word)
    expect(await halted).toBe(true)
  })

  test('is noticed also when it halted while nobody watched', async () => {
    await appendFile(log, 'boot\r\n[   12.345678] reboot: System halted\r\n')
    expect(await waiting()).toBe(true)
  })

  test('is not taken from an earlier start, nor from words that more follow', async () => {
    const halted = waiting()
    await appendFile(log, '[    1.0] reboot: System halted\r\n[    1.1] not really\r\n')
    await new Promise((resolve) => setTimeout(resolve, 500))
    abort.current.abort()
    expect(await halted).toBe(false)
  })

  test('is waited for in a log that is not there yet, until nobody wants to know', async () => {
    const halted = awaitHalt(join(dir, 'none'), 0, abort.current.signal)
    abort.current.abort()
    expect(await halted).toBe(false)
  })
})
