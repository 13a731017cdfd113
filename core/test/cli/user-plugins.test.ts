import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasUserPlugins } from '../../src/cli/user-plugins.ts'

describe('whether a user has plugins of their own', () => {
  let home = ''
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'banger-user-plugins-'))
    await mkdir(join(home, 'banger'))
  })
  afterEach(() => rm(home, { recursive: true }))
  const write = (text: string) => writeFile(join(home, 'banger/package.json'), text)
  const has = () => hasUserPlugins({ HOME: '/nowhere', XDG_DATA_HOME: home })

  it('is no without the file that lists them', () => {
    expect(has()).toBe(false)
  })

  it('is no when the list is empty', async () => {
    await write('{"oclif":{"plugins":[]}}')
    expect(has()).toBe(false)
  })

  it('is yes when it names one', async () => {
    await write('{"oclif":{"plugins":[{"name":"x","type":"user"}]}}')
    expect(has()).toBe(true)
  })

  it('is yes when the file is broken, so that oclif complains about it', async () => {
    await write('{')
    expect(has()).toBe(true)
  })

  it("asks oclif's own variable first", async () => {
    await write('{"oclif":{"plugins":[{"name":"x"}]}}')
    expect(hasUserPlugins({ HOME: '/nowhere', XDG_DATA_HOME: '/nowhere', BANGER_DATA_DIR: join(home, 'banger') })).toBe(true)
  })
})
