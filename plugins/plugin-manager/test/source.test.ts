import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { isError } from '@banger/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSource } from '../src/package/source.ts'

describe('how a user names a plugin', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'banger-source-'))
    await mkdir(join(folder, 'examples/plugin-x'), { recursive: true })
    await writeFile(join(folder, 'examples/plugin-x/package.json'), '{}')
    await mkdir(join(folder, 'empty'))
    await mkdir(join(folder, 'semver'))
    await writeFile(join(folder, 'x.tgz'), '')
  })
  afterAll(() => rm(folder, { recursive: true }))
  const read = (word: string) => readSource(word, folder)

  it('is a package with its version, range or tag', async () => {
    expect(await read('name')).toEqual({ kind: 'registry', spec: 'name@latest', name: 'name', tag: 'latest', exact: false })
    expect(await read('@scope/name@^1')).toMatchObject({ kind: 'registry', name: '@scope/name', tag: '^1', exact: false })
    expect(await read('name@1.2.3')).toMatchObject({ tag: '1.2.3', exact: true })
    expect(await read('name@next')).toMatchObject({ tag: 'next', exact: false })
  })

  it('is a folder or a tarball of this host, by its path', async () => {
    const plugin = `file:${join(folder, 'examples/plugin-x')}`
    for (const word of ['./examples/plugin-x', 'examples/plugin-x', join(folder, 'examples/plugin-x'), plugin])
      expect([word, await read(word)]).toEqual([word, { kind: 'folder', spec: plugin, exact: false }])
    for (const word of ['x.tgz', './x.tgz', 'file:x.tgz'])
      expect(await read(word)).toEqual({ kind: 'tarball', spec: `file:${join(folder, 'x.tgz')}`, exact: false })
  })

  it('is a package where a folder is called the same, unless it is written as a path', async () => {
    expect((await read('semver')).kind).toBe('registry')
  })

  it('is a git repository, pinned when it names a commit', async () => {
    const commit = 'a'.repeat(40)
    expect(await read('git+file:///srv/x#main')).toEqual({ kind: 'git', spec: 'git+file:///srv/x#main', exact: false })
    expect(await read(`git+https://git.example.org/x.git#${commit}`)).toMatchObject({ kind: 'git', exact: true })
    expect((await read('someone/something')).kind).toBe('git')
  })

  it('is refused when it is neither', async () => {
    await expect(read('./missing')).rejects.toMatchObject({ code: 'plugin.not-found' })
    await expect(read('./empty')).rejects.toMatchObject({ code: 'plugin.not-a-plugin' })
    await expect(read('Not A Name')).rejects.toMatchObject({ code: 'plugin.no-source' })
    await expect(read('alias@npm:other@1')).rejects.toMatchObject({ code: 'plugin.no-source' })
  })

  it('is read, or refused with an error of the catalogue, whatever is written', async () => {
    const piece = fc.constantFrom(
      'a',
      '@',
      '/',
      ':',
      '#',
      'git+ssh://',
      'file:',
      '.',
      '..',
      '~',
      'npm:',
      '1.2.3',
      '^',
      ' ',
      '\0',
      '%',
    )
    const word = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(word, async (text) => {
        const result = await read(text).catch((error: unknown) => error)
        expect(isError(result) || typeof (result as { spec: unknown }).spec === 'string').toBe(true)
      }),
    )
  })
})
