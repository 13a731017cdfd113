import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { pluginChecks } from '../src/checks.ts'
import { broken } from './broken.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-testkit-plugin-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = {
  name: 'banger-plugin-sample',
  version: '1.0.0',
  type: 'module',
  peerDependencies: { '@banger/core': '>=0.1.0' },
  oclif: { hooks: { 'banger:extend': { target: './extend.js', identifier: 'extend' } } },
}

const apply = `apply: (hooks) => hooks.events.tap('banger-plugin-sample', () => undefined)`
const extend = `export const extend = () => ({ name: 'banger-plugin-sample', coreRange: '>=0.1.0 <1', ${apply} })`

let count = 0
/** Writes a plugin, and checks it. */
function check(source = extend, change: object = {}, which?: RegExp): Promise<object[]> {
  const dir = join(folder, `plugin-${count++}`)
  mkdirSync(dir)
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ ...manifest, ...change }))
  writeFileSync(join(dir, 'extend.js'), source)
  return broken(pluginChecks({ package: pathToFileURL(join(dir, 'package.json')) }), which)
}

describe('the checks of a plugin', () => {
  test('find nothing wrong with one that keeps its promises', async () => {
    expect(await check()).toEqual([])
  })

  test('find nothing wrong with one that adds commands alone', async () => {
    expect(await check('', { oclif: { commands: './commands' } })).toEqual([])
  })

  test.each<[what: string, change: object, sentence: RegExp, message: RegExp]>([
    ['that oclif does not know it', { oclif: undefined }, /oclif plugin/, /has no "oclif"/],
    ['that it adds nothing', { oclif: {} }, /oclif plugin/, /neither commands nor hooks/],
    ['no peer', { peerDependencies: {} }, /peer dependency/, /not among its peerDependencies/],
    ['a core of its own', { dependencies: { '@banger/core': '*' } }, /peer dependency/, /a core of its own/],
    ['another core', { peerDependencies: { '@banger/core': '>=7' } }, /peer dependency/, /core is .* not in >=7/],
    ['a module that is not there', { oclif: { hooks: { 'banger:extend': './nowhere.js' } } }, /can be loaded/, /is not there/],
    ['another name', { name: 'banger-plugin-other' }, /goes by/, /another name/],
  ])('find %s', async (_what, change, sentence, message) => {
    expect(await check(extend, change, sentence)).toMatchObject([{ message: expect.stringMatching(message) }])
  })

  test.each<[what: string, source: string, sentence: RegExp, message: RegExp]>([
    ['an import that throws', `throw new Error('broken')`, /can be loaded/, /broken/],
    ['no such export', 'export const other = 1', /can be loaded/, /exports no function extend/],
    ['what is no plugin', 'export const extend = () => ({})', /can be loaded/, /gives no plugin/],
    ['a range that does not hold', extend.replace('>=0.1.0 <1', '^7'), /range of versions/, /not in \^7/],
    ['that it does nothing', extend.replace(apply, 'apply() {}'), /taps hooks/, /taps no hook/],
    ['a tap by another name', extend.replace(`tap('banger`, `tap('other`), /taps hooks/, /as other-plugin-sample/],
    [
      'a file',
      `import { writeFileSync } from 'node:fs'; writeFileSync('left', ''); ${extend}`,
      /nothing else/,
      /writes files: .*left/,
    ],
    ['output', `console.log('hello'); ${extend}`, /nothing else/, /stdout: hello/],
    ['what runs on', `setInterval(() => {}, 1000); ${extend}`, /nothing else/, /leaves running: Timeout/],
  ])('find %s', async (_what, source, sentence, message) => {
    expect(await check(source, {}, sentence)).toMatchObject([{ message: expect.stringMatching(message) }])
  })
})
