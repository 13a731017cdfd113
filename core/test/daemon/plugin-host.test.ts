import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadPlugins } from '../../src/daemon/plugin-host.ts'
import { fillRegistries } from '../../src/daemon/registries.ts'
import { createHooks } from '../../src/hooks/index.ts'
import { hostIn, silentLog } from '../fakes.ts'

const good = (
  name: string,
  scheme: string,
) => `export const extend = () => ({ name: '${name}', coreRange: '>=0.1.0', apply(hooks) {
  hooks.imageSources.tap('${name}', (registry) => registry.add('${name}', { scheme: '${scheme}', summary: '', resolve: async () => undefined }))
} })`

describe('the plugin host', () => {
  let folder: string
  let before: string | undefined
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-plugins-'))
    mkdirSync(join(folder, 'root'))
    writeFileSync(
      join(folder, 'root', 'package.json'),
      JSON.stringify({ name: 'banger', version: '0.1.0', type: 'module', oclif: { bin: 'banger', dirname: 'banger' } }),
    )
    before = process.env.XDG_DATA_HOME
    process.env.XDG_DATA_HOME = join(folder, 'data')
  })
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_DATA_HOME
    else process.env.XDG_DATA_HOME = before
    rmSync(folder, { recursive: true })
  })

  /** Makes packages and links them as `banger plugins link` does. */
  function link(sources: Record<string, string>): void {
    const linked = Object.entries(sources).map(([name, source]) => {
      const root = join(folder, name)
      mkdirSync(root)
      const hooks = { 'banger:extend': { target: './extend.js', identifier: 'extend' } }
      writeFileSync(join(root, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', oclif: { hooks } }))
      writeFileSync(join(root, 'extend.js'), source)
      return { name, root, type: 'link' }
    })
    mkdirSync(join(folder, 'data', 'banger'), { recursive: true })
    writeFileSync(join(folder, 'data', 'banger', 'package.json'), JSON.stringify({ oclif: { schema: 1, plugins: linked } }))
  }

  async function load() {
    const hooks = createHooks()
    const { plugins, dataDir } = await loadPlugins(join(folder, 'root'), '0.1.0', hooks, hostIn(folder))
    return { plugins, dataDir, ...fillRegistries(hooks, silentLog) }
  }

  it('lets a linked plugin add an image source through banger:extend alone', async () => {
    link({ 'banger-plugin-mine': good('banger-plugin-mine', 'mine') })
    const { plugins, registries, dataDir } = await load()
    expect(plugins).toMatchObject([{ name: 'banger-plugin-mine', version: '1.0.0', origin: 'linked', status: 'ok' }])
    expect(registries.imageSources.names()).toEqual(['mine'])
    expect(dataDir).toBe(join(folder, 'data', 'banger'))
  })

  it('reports each plugin that fails by name and reason, and loads the others', async () => {
    link({
      'a-throws-at-import': "throw new Error('no module for you')",
      'b-throws-in-extend': "export const extend = () => { throw new Error('not today') }",
      'c-returns-nothing': 'export const extend = () => undefined',
      'd-wrong-range': "export const extend = () => ({ name: 'd', coreRange: '>=99', apply() {} })",
      'e-throws-in-apply':
        "export const extend = () => ({ name: 'e', coreRange: '*', apply() { throw new Error('apply broke') } })",
      'f-good': good('f-good', 'fine'),
    })
    const { plugins, registries } = await load()
    const reasons = Object.fromEntries(plugins.map((plugin) => [plugin.name, plugin.reason]))
    expect(reasons).toMatchObject({
      'a-throws-at-import': expect.stringContaining('no module for you'),
      'b-throws-in-extend': expect.stringContaining('not today'),
      'c-returns-nothing': expect.stringContaining('returned no plugin'),
      'd-wrong-range': expect.stringContaining('needs banger >=99'),
      'e-throws-in-apply': expect.stringContaining('apply broke'),
      'f-good': undefined,
    })
    expect(registries.imageSources.names()).toEqual(['fine'])
  })

  it('does not go on with settings that a plugin finds wrong', async () => {
    link({
      'a-strict': `import { fail } from '${join(import.meta.dirname, '../../src/errors.ts')}'
export const extend = () => ({ name: 'a', coreRange: '*', apply() { throw fail('config.invalid', { file: 'f', reason: 'cidr: odd' }) } })`,
    })
    await expect(load()).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringContaining('cidr: odd') })
  })

  it('applies plugins in the order of their names and keeps the first of two that claim a name', async () => {
    link({ 'z-last': good('z-last', 'same'), 'a-first': good('a-first', 'same') })
    const { registries, problems } = await load()
    expect(registries.imageSources.owners()).toEqual([{ name: 'same', plugin: 'a-first' }])
    expect(problems).toEqual([expect.stringContaining('a-first and z-last')])
  })
})
