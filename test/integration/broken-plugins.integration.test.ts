import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTar } from '../../core/test/rootfs/make-tar.ts'
import { plugin, PluginFolder } from '../../core/test/daemon/plugins/plugin-folder.ts'
import type { DoctorCheck } from '../../core/src/hooks/doctor.ts'
import type { DaemonInfo } from '../../core/src/protocol/model.ts'

const banger = join(import.meta.dirname, '../../build/bin/banger')
const exec = promisify(execFile)
const forever = 'new Promise(() => {})'
const hooks = { 'banger:extend': { target: './extend.js', identifier: 'extend' } }

/** What keeps a plugin from being loaded: its extend.js, what is said of it, and its package.json where that matters. */
const unloadable: [name: string, extend: string, sentence: string, manifest?: object][] = [
  ['at-import', "throw new Error('no module for you')", 'could not be loaded: ./extend.js cannot be imported: no module for you'],
  [
    'at-extend',
    "export const extend = () => { throw new Error('not today') }",
    'could not be loaded: its extend failed: not today',
  ],
  ['async-extend', "export const extend = async () => { throw 'nothing' }", 'could not be loaded: its extend failed: nothing'],
  ['in-apply', plugin("throw new Error('apply broke')"), 'could not be loaded: apply broke'],
  ['async-apply', plugin("return Promise.reject(new Error('later'))"), 'could not be loaded: later'],
  ['in-vmms', plugin("hooks.vmms.tap('x', () => { throw new Error('no VMM') })"), 'could not be loaded: no VMM'],
  [
    'no-name',
    plugin("hooks.distros.tap('x', (all) => all.add('x', {}))"),
    'could not be loaded: it registers a distro without a name',
  ],
  [
    'nothing',
    'export const extend = () => undefined',
    'could not be loaded: its extend returned no plugin, { name, coreRange, apply }',
  ],
  ['no-export', 'export const expand = () => 1', 'could not be loaded: ./extend.js exports no function "extend"'],
  ['syntax', 'export const = 1', "could not be loaded: ./extend.js cannot be imported: Unexpected token '=' (node --check "],
  [
    'no-module',
    "import 'not-installed'",
    "could not be loaded: ./extend.js cannot be imported: Cannot find package 'not-installed'",
  ],
  [
    'common-js',
    "throw new Error('required')",
    'could not be loaded: ./extend.js cannot be imported: required',
    { type: 'commonjs' },
  ],
  [
    'exits',
    'process.exit(0)',
    'could not be loaded: ./extend.js cannot be imported: it called process.exit, which would end the daemon',
  ],
  ['range', "export const extend = () => ({ coreRange: '>=99', apply() {} })", 'needs banger >=99; this is'],
  [
    'no-range',
    "export const extend = () => ({ coreRange: 'new', apply() {} })",
    'could not be loaded: its coreRange is no range of versions: "new"',
  ],
  ['core-peer', plugin(''), 'needs banger ^99.0.0; this is', { peerDependencies: { '@banger/core': '^99.0.0' } }],
  ['peer', plugin(''), 'needs left-pad ^1.0.0, which it does not bring along.', { peerDependencies: { 'left-pad': '^1.0.0' } }],
  ['node', plugin(''), 'needs Node >=99; banger runs with', { engines: { node: '>=99' } }],
  ['no-oclif', plugin(''), 'could not be loaded: it is no plugin: its package.json has no "oclif"', { oclif: undefined }],
  [
    'no-file',
    plugin(''),
    'could not be loaded: there is no ./gone.js, which its package.json names',
    { oclif: { hooks: { 'banger:extend': './gone.js' } } },
  ],
  [
    'odd-hook',
    plugin(''),
    'could not be loaded: its package.json names no file under oclif.hooks["banger:extend"]',
    { oclif: { hooks: { 'banger:extend': {} } } },
  ],
  ['hangs-import', `await ${forever}`, 'took more than 2 s while it was imported, and was given up.'],
  ['hangs-extend', `export const extend = () => ${forever}`, 'took more than 2 s while it ran its extend, and was given up.'],
  ['hangs-apply', plugin(`return ${forever}`), 'took more than 2 s while it was applied, and was given up.'],
  [
    'settings',
    plugin(
      '',
      "settings: { schema: { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } }, summaries: { size: '' } },",
    ),
    'could not be loaded: The configuration in',
  ],
]

/** What goes wrong in a plugin that is loaded. */
const failing: [name: string, extend: string, sentence: string][] = [
  [
    'doctor-throws',
    plugin("hooks.doctor.tap('x', () => { throw new Error('ill') })"),
    'failed while it checked the host (hook doctor): ill',
  ],
  [
    'doctor-hangs',
    plugin(`hooks.doctor.tapPromise('x', () => ${forever})`),
    'took more than 4 s while it checked the host (hook doctor), and was given up.',
  ],
  [
    'daemon-rejects',
    plugin("hooks.daemon.tapPromise('x', async () => { throw new Error('no route') })"),
    'failed while it added to the daemon (hook daemon): no route',
  ],
  [
    'daemon-hangs',
    plugin(`hooks.daemon.tapPromise('x', () => ${forever})`),
    'took more than 2 s while it added to the daemon (hook daemon), and was given up.',
  ],
  [
    'daemon-route',
    plugin("hooks.daemon.tap('x', ({ route }) => route({ method: 'GET', path: 'all', handle: () => [] }))"),
    'failed while it added to the daemon (hook daemon): the path of its route, all, does not begin with /',
  ],
  [
    'events-throws',
    plugin("hooks.events.tap('x', () => { throw new Error('deaf') })"),
    'failed while it heard of image.added (hook events): deaf',
  ],
  [
    'events-rejects',
    plugin("hooks.events.tap('x', async () => { throw new Error('dumb') })"),
    'failed while it heard of image.added (hook events): dumb',
  ],
  ['timer', plugin("setTimeout(() => { throw new Error('tick') }, 50)"), 'failed while it ran in the background: tick'],
  ['rejection', plugin("setTimeout(() => void Promise.reject('tock'), 50)"), 'failed while it ran in the background: tock'],
  [
    'socket',
    plugin("import('node:net').then(({ connect }) => connect('/nowhere/at/all'))"),
    'failed while it ran in the background: connect ENOENT /nowhere/at/all',
  ],
]

const healthy = plugin(`hooks.imageSources.tap('x', (registry) => {
  const source = (scheme, more) => registry.add('x', { scheme, summary: '', resolve: async () => image(scheme), ...more })
  const image = (name) => ({ digest: name, name, config: {}, async *layers() { yield createReadStream(new URL('./layer.tar', import.meta.url)) } })
  source('healthy')
  source('sick', { resolve: async () => { throw new TypeError('no such thing') } })
  source('torn', { resolve: async () => ({ ...image('torn'), async *layers() { throw new RangeError('torn in two') } }) })
})`)

describe('with plugins that are broken in every way at once', () => {
  const home = new PluginFolder()
  const env = { PATH: process.env.PATH, HOME: home.folder }
  const run = async (...args: string[]) =>
    exec(banger, args, { env }).then(
      (output) => ({ code: 0, ...output }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
  let checks: DoctorCheck[] = []
  let info: DaemonInfo | undefined
  const log = () => readFileSync(join(home.folder, '.local/state/banger/bangerd.log'), 'utf8')

  beforeAll(async () => {
    for (const [name, extend, , manifest] of unloadable) home.link(name, extend, manifest)
    for (const [name, extend] of failing) home.link(name, extend)
    const root = home.link('a-healthy', `import { createReadStream } from 'node:fs'\n${healthy}`)
    writeFileSync(
      join(root, 'layer.tar'),
      makeTar([
        { path: 'etc', type: 'directory' },
        { path: 'etc/motd', content: 'hello' },
      ]),
    )
    home.link('duplicate', plugin("hooks.imageSources.tap('x', (all) => all.add('x', { scheme: 'healthy' }))"))
    home.list({ name: 'gone', root: join(home.folder, 'gone'), type: 'link' })
    home.write('.config/banger/config.toml', 'plugin_timeout = "2s"\n[plugins.settings]\nsise = 3\n')
    const commands = home.link('bad-command', plugin(''), { oclif: { hooks, commands: './commands' } })
    home.write(join(commands, 'commands/bad.js'), 'export default class')
    await run('image', 'pull', 'healthy:x')
    checks = (JSON.parse((await run('doctor', '--json')).stdout) as { checks: DoctorCheck[] }).checks
    // What was found by that very doctor is in the next answer's failures.
    info = JSON.parse((await run('daemon', 'status', '--json')).stdout) as DaemonInfo
  })
  afterAll(async () => {
    await run('daemon', 'stop')
    home[Symbol.dispose]()
  })

  it.each(unloadable)('doctor and the log say why %s is not loaded', (name, _extend, sentence) => {
    const text = `The plugin ${name} ${sentence}`
    expect(checks.filter(({ id }) => id === `plugin:${name}`)).toEqual([
      { id: `plugin:${name}`, status: 'error', message: expect.stringContaining(text), advice: expect.any(String) },
    ])
    expect(log()).toContain(JSON.stringify(text).slice(1, -1))
  })

  it.each(failing)('doctor and the log say what failed in %s', (name, _extend, sentence) => {
    const message = expect.stringContaining(`The plugin ${name} ${sentence}`)
    expect(checks).toContainEqual({ id: `plugin:${name}`, status: expect.any(String), message, advice: expect.any(String) })
    expect(info?.plugins.find((one) => one.name === name)).toMatchObject({ status: 'ok', failures: [{ message }] })
    expect(log()).toContain(JSON.stringify(`The plugin ${name} ${sentence}`).slice(1, -1))
  })

  it('names both of two plugins that claim one name, and a linked folder that is gone', () => {
    const messages = checks.map(({ message }) => message)
    expect(messages).toContain('The plugins a-healthy and duplicate both provide the image source "healthy".')
    expect(messages).toContain(`The plugin gone could not be loaded: there is no package.json in ${home.folder}/gone`)
  })

  it('says what to do: for an unknown setting, which one was meant', () => {
    const about = (name: string) => checks.find(({ id }) => id === `plugin:${name}`)?.advice
    expect(about('settings')).toBe('Did you mean "size"?')
    expect(about('at-import')).toContain('banger plugins uninstall at-import')
  })

  it('lists VMs and shows help', async () => {
    expect(await run('vm', 'list', '--json')).toMatchObject({ code: 0, stdout: '[]\n' })
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ {2}vm /m) })
  })

  it('keeps what works in the healthy plugin, and names it where it fails', async () => {
    expect((await run('image', 'list')).stdout).toContain('healthy')
    expect((await run('image', 'pull', 'sick:x')).stderr).toContain(
      'The plugin a-healthy failed while it ran resolve of its image source sick: no such thing',
    )
    expect((await run('image', 'pull', 'torn:x')).stderr).toContain(
      'The plugin a-healthy failed while it gave the layers of the image source torn: torn in two',
    )
  })

  it('stops when it is told', async () => {
    expect(await run('daemon', 'stop')).toMatchObject({ code: 0 })
  })
})
