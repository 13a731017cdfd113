import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastLogLine, parseLogLine, prepareLog } from '../../src/client/log-tail.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banger-log-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('parseLogLine', () => {
  it('takes code, message and hint of the error that a structured line carries', () => {
    const line = {
      level: 'error',
      err: { type: 'Error', message: 'outer: inner' },
      error: { code: 'store.newer', message: 'Too new.', hint: 'Upgrade.' },
      msg: 'no',
    }
    expect(parseLogLine(JSON.stringify(line))).toEqual({ code: 'store.newer', message: 'Too new.', hint: 'Upgrade.' })
  })

  it('takes the message of a structured line without an error', () => {
    expect(parseLogLine('{"level":"info","msg":"the daemon serves"}')).toEqual({ message: 'the daemon serves' })
  })

  it('takes any other line as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (line) => typeof parseLogLine(line).message === 'string'))
  })
})

describe('lastLogLine', () => {
  it('looks only at what was written since', async () => {
    const file = join(folder, 'since.log')
    await writeFile(file, 'Error: old\n')
    const since = await prepareLog(file)
    await writeFile(file, 'Error: old\nnew\n')
    expect(await lastLogLine(file, since)).toEqual({ message: 'new' })
  })

  it('prefers a line with a code, then one that names an error, to the last one', async () => {
    const file = join(folder, 'prefer.log')
    await writeFile(file, 'node:internal\nError: Cannot find module\n    at here\nNode.js v24\n')
    expect(await lastLogLine(file, 0)).toEqual({ message: 'Error: Cannot find module' })
    await writeFile(file, '{"error":{"code":"disk.full","message":"Full."}}\nError: later\n')
    expect(await lastLogLine(file, 0)).toEqual({ code: 'disk.full', message: 'Full.' })
  })

  it('finds nothing in a file that is empty or missing', async () => {
    await writeFile(join(folder, 'empty.log'), '')
    expect(await lastLogLine(join(folder, 'empty.log'), 0)).toBeUndefined()
    expect(await lastLogLine(join(folder, 'none.log'), 0)).toBeUndefined()
  })
})
