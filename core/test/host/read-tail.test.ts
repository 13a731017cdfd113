import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTail } from '../../src/host/read-tail.ts'

test('a log is read from where this start began, and its end at most', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'banger-log-'))
  const path = join(dir, 'console.log')
  await writeFile(path, 'first boot\nsecond boot\n')
  expect(await readTail(path)).toBe('first boot\nsecond boot\n')
  expect(await readTail(path, { from: 11 })).toBe('second boot\n')
  expect(await readTail(path, { limit: 5 })).toBe('boot\n')
  expect(await readTail(path, { from: 400 })).toBe('')
  expect(await readTail(join(dir, 'absent'))).toBe('')
  await rm(dir, { recursive: true })
})
