import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOptions } from '../../../src/client/input/command-flags.ts'
import { readEnvFile } from '../../../src/client/input/env-file.ts'

describe('an environment file', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-env-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function file(text: string, name = 'env'): string {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it('has comments, quotes, exports and values of several lines', () => {
    const text = '# comment\nPLAIN=a b\n\nexport QUOTED="two words # kept"\nLINES="one\ntwo"\nEMPTY=\nSINGLE=\'$HOME\'\n'
    expect(readEnvFile(file(text))).toEqual({
      PLAIN: 'a b',
      QUOTED: 'two words # kept',
      LINES: 'one\ntwo',
      EMPTY: '',
      SINGLE: '$HOME',
    })
  })

  it('may be empty, but not something else', () => {
    expect(readEnvFile(file('# nothing yet\n\n'))).toEqual({})
    expect(() => readEnvFile(file('just words\n'))).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('that is missing or a folder is named', () => {
    for (const path of [join(folder, 'missing'), folder])
      expect(() => readEnvFile(path)).toThrow(
        expect.objectContaining({ code: 'host.bad-path', message: expect.stringContaining(path) }),
      )
  })

  it('yields to later files, and all of them to --env', () => {
    const files = [file('A=1\nB=1\nC=1\n', 'one'), file('B=2\nC=2\n', 'two')]
    expect(commandOptions({ 'env-file': files, 'env': ['C=3'], 'cwd': '/srv' })).toEqual({
      env: { A: '1', B: '2', C: '3' },
      cwd: '/srv',
    })
  })
})
