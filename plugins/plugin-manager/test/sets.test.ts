import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changeSet } from '../src/set/change-set.ts'
import { currentSet, removeOldSets } from '../src/set/layout.ts'
import { readManifest, setEntry } from '../src/set/manifest.ts'

describe('the set of plugins', () => {
  let data = ''
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'banger-sets-'))
  })
  afterEach(() => rm(data, { recursive: true }))
  const add = (name: string) => (set: string) => setEntry(set, { name, type: 'link', root: `/srv/${name}` })
  const names = async () => (await readManifest(data)).oclif.plugins.map(({ name }) => name)

  it('is changed as a whole, and read through the data folder as oclif does', async () => {
    await changeSet(data, add('one'))
    await changeSet(data, add('two'))
    expect(await names()).toEqual(['one', 'two'])
    const written = JSON.parse(await readFile(join(data, 'package.json'), 'utf8')) as object
    expect(written).toMatchObject({
      oclif: { schema: 1, plugins: [{ name: 'one', type: 'link', root: '/srv/one' }, { name: 'two' }] },
    })
  })

  it('stays as it was when a change fails in the middle, also for files that it shares with the stage', async () => {
    await changeSet(data, async (set) => {
      await add('one')(set)
      await mkdir(join(set, 'node_modules/one'))
      await writeFile(join(set, 'node_modules/one/package.json'), 'as it was')
    })
    const failing = changeSet(data, async (set) => {
      await add('two')(set)
      await writeFile(join(set, 'node_modules/one/package.json'), 'changed')
      await rm(join(set, 'node_modules'), { recursive: true })
      throw new Error('in the middle')
    })
    await expect(failing).rejects.toThrow('in the middle')
    expect(await names()).toEqual(['one'])
    expect(await readFile(join(data, 'node_modules/one/package.json'), 'utf8')).toBe('as it was')
  })

  it('keeps the files of the old one until they are removed, and shares them with the new one', async () => {
    await changeSet(data, async (set) => {
      await mkdir(join(set, 'node_modules/one'))
      await writeFile(join(set, 'node_modules/one/index.js'), 'text')
    })
    const old = await currentSet(data)
    await changeSet(data, add('two'))
    const [before, after] = await Promise.all([old, data].map((folder) => stat(join(folder, 'node_modules/one/index.js'))))
    expect(before?.ino).toBe(after?.ino)
    await removeOldSets(data)
    await expect(stat(old)).rejects.toThrow('ENOENT')
    expect(await readFile(join(data, 'node_modules/one/index.js'), 'utf8')).toBe('text')
  })

  it('is changed by one at a time', async () => {
    await changeSet(data, async () => {
      await expect(changeSet(data, add('two'))).rejects.toMatchObject({ code: 'plugin.busy' })
    })
    await changeSet(data, add('three'))
    expect(await names()).toEqual(['three'])
  })

  it('says where its list is when that cannot be read', async () => {
    await writeFile(join(data, 'package.json'), '{')
    await expect(changeSet(data, add('one'))).rejects.toMatchObject({
      code: 'plugin.list',
      message: expect.stringContaining(join(data, 'package.json')),
    })
  })
})
