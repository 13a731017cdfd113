import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPlugin } from '../src/create-plugin.ts'
import { kinds } from '../src/kinds.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-create-'))
const templates = join(import.meta.dirname, '../templates')
const lib = join(folder, 'lib')
const packages = join(lib, 'node_modules/@banger')
beforeAll(() => cpSync(templates, join(packages, 'plugin-create/templates'), { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true }))

const plugin = (kind = 'image-source') => ({ name: '@me/banger-plugin-my-own', shortName: 'my-own', kind, lib })
const contents = (dir: string) =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(dir.length + 1), readFileSync(file, 'utf8')]),
  )

describe.each(Object.keys(kinds))('a plugin of the kind %s', (kind) => {
  test('has its own name in every file, and nothing of the sample', async () => {
    const made = join(folder, 'new', kind)
    await createPlugin(made, plugin(kind))
    const files = contents(made)
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['.gitignore', 'README.md', 'jsconfig.json', 'package.json']))
    expect(JSON.stringify(files)).not.toMatch(/sample/i)
    expect(JSON.parse(files['package.json'] ?? '')).toMatchObject({
      name: '@me/banger-plugin-my-own',
      peerDependencies: { '@banger/core': '>=0.1.0 <1' },
      devDependencies: {
        '@banger/core': `file:${packages}/core`,
        '@banger/plugin-testkit': `file:${packages}/plugin-testkit`,
      },
    })
  })

  test("has the repository's vitest", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(templates, kind, 'package.json'), 'utf8'))
    const root = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'))
    expect(devDependencies.vitest).toBe(root.devDependencies.vitest)
  })
})

test('every template is offered', () => {
  expect(readdirSync(templates).sort()).toEqual(['common', ...Object.keys(kinds)].sort())
})

test('a folder that holds something is refused, and stays as it is', async () => {
  const full = join(folder, 'full')
  mkdirSync(full)
  writeFileSync(join(full, 'mine'), '')
  await expect(createPlugin(full, plugin())).rejects.toMatchObject({ code: 'host.bad-path', message: /not empty/ })
  expect(readdirSync(full)).toEqual(['mine'])
})

test('a file is refused', async () => {
  writeFileSync(join(folder, 'file'), '')
  await expect(createPlugin(join(folder, 'file'), plugin())).rejects.toMatchObject({ code: 'host.bad-path' })
  await expect(createPlugin(join(folder, 'file/below'), plugin())).rejects.toMatchObject({ code: 'host.bad-path' })
})

test('where something fails in the middle, nothing is left', async () => {
  mkdirSync(join(folder, 'empty'))
  for (const place of ['empty', 'none/at/all']) await expect(createPlugin(join(folder, place), plugin('none'))).rejects.toThrow()
  expect(readdirSync(join(folder, 'empty'))).toEqual([])
  expect(readdirSync(folder)).not.toContain('none')
})
