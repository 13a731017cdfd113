import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyPlugin } from '../../../src/daemon/plugins/apply-plugin.ts'
import { loadPlugins } from '../../../src/daemon/plugins/load-plugins.ts'
import { PluginBook } from '../../../src/daemon/plugins/plugin-book.ts'
import { createRegistries } from '../../../src/daemon/registries.ts'
import { createHooks } from '../../../src/hooks/index.ts'
import { hostIn, silentLog } from '../../fakes.ts'
import { imageSource, plugin, PluginFolder } from './plugin-folder.ts'

const limits = { load: 2000, doctor: 2000, provision: 2000 }

describe('loading plugins', () => {
  let plugins: PluginFolder
  beforeEach(() => {
    plugins = new PluginFolder()
  })
  afterEach(() => plugins[Symbol.dispose]())

  async function load(config: Record<string, Record<string, unknown>> = {}, load = limits.load) {
    const [hooks, registries, book] = [createHooks(), createRegistries(), new PluginBook(silentLog)]
    const host = { ...hostIn(plugins.folder), config: (name: string) => config[name] ?? {} }
    const { root } = plugins
    const problems = await loadPlugins({ root, version: '0.1.0', hooks, registries, host, limits: { ...limits, load }, book })
    const found = book.list()
    const reasons = Object.fromEntries(found.map(({ name, reason }) => [name, reason]))
    return { hooks, registries, book, problems, found, reasons, dirs: host.dirs }
  }

  it('finds bundled, installed and linked ones, and those that they list themselves', async () => {
    plugins.bundle('@banger/plugin-own', imageSource('own'))
    plugins.install('banger-plugin-got', imageSource('got'))
    const root = plugins.link('banger-plugin-mine', imageSource('mine'), {
      dependencies: { 'banger-plugin-child': '*' },
      oclif: {
        plugins: ['banger-plugin-child'],
        hooks: { 'banger:extend': { target: './extend', identifier: 'extend' } },
      },
    })
    plugins.package(`${root}/node_modules/banger-plugin-child`, 'banger-plugin-child', imageSource('child'), {})
    const { found, registries } = await load()
    expect(found.map(({ name, version, origin, status }) => [name, version, origin, status])).toEqual([
      ['@banger/plugin-own', '1.0.0', 'bundled', 'ok'],
      ['banger-plugin-child', '1.0.0', 'linked', 'ok'],
      ['banger-plugin-got', '1.0.0', 'installed', 'ok'],
      ['banger-plugin-mine', '1.0.0', 'linked', 'ok'],
    ])
    expect(registries.imageSources.names()).toEqual(['child', 'got', 'mine', 'own'])
  })

  it('tells what a plugin adds: names by seam, hooks, and settings as the configuration has them', async () => {
    plugins.link(
      'banger-plugin-rich',
      plugin(
        `hooks.imageSources.tap('any', (registry) => { registry.add('x', { scheme: 'b' }); registry.add('x', { scheme: 'a' }) })
         hooks.networks.tap('any', (registry) => registry.add('x', { name: 'net' }))
         hooks.doctor.tap('any', () => {})
         hooks.provision.tapPromise('any', async () => {})`,
        `settings: { schema: { '~standard': { version: 1, vendor: 'any', validate: (value) => ({ value }) } }, summaries: { size: 'How big.' } },`,
      ),
    )
    const { found, registries, hooks } = await load()
    expect(found[0]?.adds).toEqual({
      vmms: [],
      networks: ['net'],
      imageSources: ['a', 'b'],
      kernelSources: [],
      distros: [],
      hooks: ['doctor', 'provision'],
      settings: ['plugins.rich.size'],
    })
    expect(registries.imageSources.owners()[0]).toEqual({ name: 'a', plugin: 'banger-plugin-rich' })
    expect([...hooks.doctor.taps, ...hooks.provision.taps].map(({ name }) => name)).toEqual(
      Array.from({ length: 2 }, () => 'banger-plugin-rich'),
    )
  })

  it('takes CommonJS, a hook that is a file name, and a plugin of commands alone', async () => {
    plugins.link('a-cjs', "exports.extend = () => ({ coreRange: '*', apply() {} })", { type: 'commonjs' })
    plugins.link('b-default', "export default () => ({ coreRange: '*', apply() {} })", {
      oclif: { hooks: { 'banger:extend': './extend.js' } },
    })
    plugins.link('c-commands', '', { oclif: { commands: './commands' } })
    const { found } = await load()
    expect(found.map(({ name, status, reason }) => [name, status, reason])).toEqual([
      ['a-cjs', 'ok', undefined],
      ['b-default', 'ok', undefined],
      ['c-commands', 'ok', undefined],
    ])
  })

  it('applies in the order of the names, and the first of two that claim a name has it', async () => {
    plugins.link('z-last', imageSource('same'))
    plugins.link('a-first', imageSource('same'))
    const { registries, reasons } = await load()
    expect(registries.imageSources.owners()).toEqual([{ name: 'same', plugin: 'a-first' }])
    expect(reasons['z-last']).toBe('The plugins a-first and z-last both provide the image source "same".')
  })

  it('takes away again all that a plugin added before it failed', async () => {
    plugins.link(
      'half',
      plugin(`hooks.imageSources.tap('any', (registry) => registry.add('x', { scheme: 'kept' }))
        hooks.doctor.tap('any', () => {})
        hooks.distros.tap('any', () => { throw new Error('no distro today') })`),
    )
    const { registries, hooks, found } = await load()
    expect(found[0]).toMatchObject({ status: 'failed', reason: 'The plugin half could not be loaded: no distro today' })
    expect(registries.imageSources.names()).toEqual([])
    expect(hooks.doctor.taps).toEqual([])
  })

  it('hands a plugin its settings, read by its schema', async () => {
    plugins.link(
      'banger-plugin-set',
      plugin(
        "hooks.imageSources.tap('any', (registry) => registry.add('x', { scheme: settings.scheme }))",
        "settings: { schema: { '~standard': { version: 1, vendor: 'any', validate: ({ word = 'none' }) => ({ value: { scheme: word } }) } }, summaries: { word: 'A word.' } },",
      ),
    )
    expect((await load()).registries.imageSources.names()).toEqual(['none'])
    expect((await load({ set: { word: 'some' } })).registries.imageSources.names()).toEqual(['some'])
    const { reasons, dirs } = await load({ set: { wrod: 'some' } })
    expect(reasons['banger-plugin-set']).toBe(
      `The plugin banger-plugin-set could not be loaded: The configuration in ${dirs.config}/config.toml has an unknown key "plugins.set.wrod".`,
    )
  })

  it('does not go on with settings that a bundled plugin finds wrong', async () => {
    const validate = "() => ({ issues: [{ message: 'odd', path: ['cidr'] }] })"
    const settings = `settings: { schema: { '~standard': { version: 1, vendor: 'any', validate: ${validate} } }, summaries: { cidr: '' } },`
    plugins.bundle('@banger/plugin-strict', plugin('', settings))
    await expect(load()).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('plugins.strict.cidr: odd'),
    })
  })

  it('gives up one that hangs, names what it was at, and loads the others', async () => {
    plugins.link('a-import', 'await new Promise(() => {})')
    plugins.link('b-extend', 'export const extend = () => new Promise(() => {})')
    plugins.link('c-apply', plugin('return new Promise(() => {})'))
    plugins.link('d-fine', imageSource('fine'))
    const { reasons, registries } = await load({}, 2000)
    expect(reasons).toEqual({
      'a-import': 'The plugin a-import took more than 2 s while it was imported, and was given up.',
      'b-extend': 'The plugin b-extend took more than 2 s while it ran its extend, and was given up.',
      'c-apply': 'The plugin c-apply took more than 2 s while it was applied, and was given up.',
      'd-fine': undefined,
    })
    expect(registries.imageSources.names()).toEqual(['fine'])
  })

  it('keeps the bundled one of two with a name', async () => {
    plugins.bundle('@banger/plugin-own', imageSource('own'))
    const root = plugins.link('@banger/plugin-own', imageSource('other'))
    const { found, registries } = await load()
    expect(registries.imageSources.names()).toEqual(['own'])
    expect(found.map(({ reason }) => reason)).toEqual([
      undefined,
      `The plugin @banger/plugin-own is there twice: bundled with banger, and linked in ${root}.`,
    ])
  })

  it('goes on without a list of plugins that cannot be read', async () => {
    plugins.bundle('@banger/plugin-own', imageSource('own'))
    plugins.write('.local/share/banger/package.json', '{')
    const { problems, found } = await load()
    expect(found).toHaveLength(1)
    expect(problems).toMatchObject([{ code: 'plugin.list', message: expect.stringContaining(plugins.data) }])
  })

  it('lets nothing be tapped after apply', async () => {
    let late: (() => void) | undefined
    const [hooks, registries] = [createHooks(), createRegistries()]
    await applyPlugin(
      new PluginBook(silentLog).guardOf('p'),
      { name: 'p', coreRange: '*', apply: (own) => void (late = () => own.doctor.tap('p', () => undefined)) },
      undefined,
      { hooks, registries, host: hostIn(plugins.folder), limits },
      async (_task, code) => code(),
    )
    expect(() => late?.()).toThrow('it taps a hook after its apply has returned')
  })
})
