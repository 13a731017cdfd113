import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

/** A file with one import, and the rule that it breaks: none when it may import that. */
const imports: [file: string, imported: string, rule?: string][] = [
  ['plugins/one/src/extend.ts', '@banger/core'],
  ['plugins/one/src/commands/one.ts', '@banger/core/command'],
  ['plugins/one/src/inside.ts', './extend.ts'],
  ['plugins/one/src/deep.ts', '../../../core/src/store/store.ts', 'plugins-know-the-api-only'],
  ['plugins/one/src/type.ts', 'type ../../../core/src/store/store.ts', 'plugins-know-the-api-only'],
  ['plugins/one/src/linked.ts', '@banger/core/src/store/store.ts', 'unresolvable'],
  ['plugins/one/src/program.ts', '../../../core/bin/banger.ts', 'plugins-know-the-api-only'],
  ['plugins/one/src/spawn.ts', 'node:child_process', 'one-place-spawns'],
  ['plugins/one/src/neighbour.ts', '../../two/src/extend.ts', 'plugins-do-not-know-each-other'],
  ['plugins/one/src/package.ts', '@banger/plugin-two', 'plugins-do-not-know-each-other'],
  ['plugins/one/test/neighbour.test.ts', '../../two/src/extend.ts', 'plugins-do-not-know-each-other'],
  ['plugins/one/test/build.test.ts', '../../../core/src/rootfs/build-rootfs.ts'],
  ['plugins/one/test/deep.test.ts', '../../../core/src/store/store.ts', 'plugin-tests-use-core-from-outside'],
  ['core/src/lifecycle/create.ts', '../../../plugins/one/src/extend.ts', 'core-knows-no-plugin'],
  ['examples/plugin-x/src/extend.ts', '@banger/core'],
  ['examples/plugin-x/src/deep.ts', '../../../core/src/store/store.ts', 'examples-know-the-public-api-only'],
  ['examples/plugin-x/src/neighbour.ts', '../../../plugins/one/src/extend.ts', 'examples-know-the-public-api-only'],
]

/** A small repository of this one's shape, checked by this one's rules. */
const folder = mkdtempSync(join(tmpdir(), 'banger-imports-'))
afterAll(() => rmSync(folder, { recursive: true }))

let broken: { from: string; rule: { name: string } }[] = []

beforeAll(() => {
  for (const file of [
    'core/src/store/store.ts',
    'core/src/rootfs/build-rootfs.ts',
    'core/src/index.ts',
    'core/src/commands/base.ts',
  ])
    write(file, 'export const it = 1\nexport type It = number\n')
  write('core/bin/banger.ts', 'export const it = 1\n')
  write('plugins/two/src/extend.ts', 'export const it = 1\n')
  write('plugins/two/package.json', '{ "name": "@banger/plugin-two", "exports": "./src/extend.ts" }')
  for (const file of ['core/package.json', 'tsconfig.json', 'package.json']) cpSync(join(root, file), join(folder, file))
  link('node_modules/@banger/core', 'core')
  link('node_modules/@banger/plugin-two', 'plugins/two')
  symlinkSync(join(root, 'node_modules/typescript'), join(folder, 'node_modules/typescript'))
  for (const [file, imported] of imports) write(file, importing(imported))
  const depcruise = join(root, 'node_modules/.bin/depcruise')
  const config = join(root, '.dependency-cruiser.cjs')
  const { stdout } = spawnSync(depcruise, ['--config', config, '--output-type', 'json', 'core', 'plugins', 'examples'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  broken = (JSON.parse(stdout) as { summary: { violations: typeof broken } }).summary.violations
})

for (const [file, imported, rule] of imports) {
  test(`${file} ${rule ? 'must not' : 'may'} import ${imported}`, () => {
    expect(broken.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toEqual(rule ? [rule] : [])
  })
}

function importing(imported: string): string {
  const [module = '', type] = imported.split(' ').reverse()
  return type ? `import type { It } from '${module}'\nexport type Mine = It\n` : `import '${module}'\nexport const mine = 1\n`
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  symlinkSync(join(folder, target), join(folder, path))
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
