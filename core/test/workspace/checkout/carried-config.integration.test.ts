import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { carriedSettings, formatSettings, parseSettings } from '../../../src/workspace/checkout/carried-config.ts'

describe('settings for a guest', () => {
  it('are those that are known to be harmless', () => {
    const keys = [
      'core.autocrlf',
      'user.name',
      'core.sshcommand',
      'core.hookspath',
      'filter.lfs.smudge',
      'http.extraheader',
      'alias.x',
      'includeif.x.path',
    ]
    expect(carriedSettings(keys.map((key) => ({ key, value: 'x' }))).map(({ key }) => key)).toEqual([
      'core.autocrlf',
      'user.name',
    ])
  })

  it('are read with their scope, and also without a value', () => {
    expect(parseSettings('global\0user.name\nAnn\nLee\0local\0core.bare\0')).toEqual([
      { scope: 'global', key: 'user.name', value: 'Ann\nLee' },
      { scope: 'local', key: 'core.bare', value: 'true' },
    ])
    expect(parseSettings('')).toEqual([])
  })

  it('are written so that git reads the same', () => {
    const settings = [
      { key: 'user.name', value: 'Ann "the \\ tester"; # no comment' },
      { key: 'remote.odd "name" \\ here.url', value: ' leading, trailing and\nnew\tline ' },
      { key: 'core.eol', value: '' },
    ]
    const folder = mkdtempSync(join(tmpdir(), 'banger-config-'))
    writeFileSync(join(folder, 'config'), formatSettings(settings))
    const text = execFileSync('git', ['config', '--file', join(folder, 'config'), '--list', '-z', '--show-scope'], {
      encoding: 'utf8',
    })
    rmSync(folder, { recursive: true })
    expect(parseSettings(text).map(({ key, value }) => ({ key, value }))).toEqual(settings)
  })
})
