import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const core = join(root, 'build/lib/banger/node_modules/@banger/core')
const exec = promisify(execFile)

const extend = `
import { createReadStream } from 'node:fs'
import { type BangerPlugin, fail } from '@banger/core'

const name = 'banger-plugin-tarball'

export const extend = (): BangerPlugin => ({
  name,
  coreRange: '>=0.1.0 <1',
  apply(hooks, host) {
    hooks.imageSources.tap(name, (registry) =>
      registry.add(name, {
        scheme: 'tarball',
        summary: 'tarball:<path>, an uncompressed tar of a root filesystem',
        async resolve(path, { signal }) {
          if (!path.startsWith('/')) throw fail('usage', { reason: 'tarball:' + path + ' is no absolute path.' })
          await host.run('tar', ['-tf', path], { signal })
          return { digest: 'tarball:' + path, name: 'tarball', config: {}, async *layers() { yield createReadStream(path) } }
        },
      }),
    )
    hooks.provision.tapPromise({ name, required: true }, async ({ guest, vm }) => {
      guest.environment['TARBALL'] = vm.name
    })
    hooks.daemon.tap(name, ({ route }) => route({ method: 'GET', path: '/count', handle: () => ({ count: 1 }) }))
  },
})
`

const command = `
import { Args, BangerCommand, Flags, formatTable } from '@banger/core/command'

export default class Greet extends BangerCommand {
  static override summary = 'Greet a VM'
  static override args = { vm: Args.string({ required: true }) }
  static override flags = { times: Flags.integer({ default: 1 }), loud: Flags.boolean() }

  async run() {
    const { args, flags } = await this.parse(Greet)
    const times: number = flags.times
    const { count } = await this.client().get<{ count: number }>('/v1/plugins/banger-plugin-tarball/count')
    const vm = await this.client().vm(args.vm)
    this.log(formatTable([vm], { name: (row) => row.name, memory: (row) => row.memory * times * count }))
    return vm
  }
}
`

const contract = `
import { applyPlugin, testHost, testPlugin, testImageSource } from '@banger/plugin-testkit'
import { extend } from './extend.js'

using host = testHost()
testPlugin({ package: new URL('../package.json', import.meta.url) })
const source = applyPlugin(extend(), host).imageSources.require('tarball')
testImageSource({ source, host, references: ['/srv/rootfs.tar'] })
`

/** Calls the hooks as the daemon does, and loads the command, outside of banger. */
const use = `
import { createHooks, isError, Registry } from '@banger/core'
import { extend } from './extend.js'
import Greet from './commands/greet.js'

const hooks = createHooks()
extend().apply(hooks, {})
const sources = new Registry('image source', (source) => source.scheme)
hooks.imageSources.call(sources)
const error = await sources.require('tarball').resolve('rootfs.tar', {}).catch((error) => error)
console.log(sources.names().join(), isError(error, 'usage'), Object.keys(Greet.flags).join())
`

/** Needs `make build`. A plugin's folder has the built @banger/core, @types/node and nothing of this repository. */
describe.each([
  ['the folder of an installed banger', async () => core],
  ['its packed tarball', pack],
])('a plugin in TypeScript, with @banger/core of %s', (_from, coreOf) => {
  let plugin = ''

  beforeAll(async () => {
    plugin = await folder()
    await writePlugin(plugin, await coreOf())
  })

  it('is checked by TypeScript alone, strictly and down to the declarations themselves', async () => {
    expect(await compile(plugin, { 'extend.ts': extend, 'commands/greet.ts': command })).toBe('')
  })

  it('runs against it, hooks and commands, without banger', async () => {
    await write(join(plugin, 'dist/use.js'), use)
    const { stdout } = await exec(process.execPath, [join(plugin, 'dist/use.js')])
    expect(stdout).toBe('tarball true times,loud\n')
  })
})

describe('a test in TypeScript with the installed testkit', () => {
  it('is checked by TypeScript alone, too', async () => {
    const plugin = await folder()
    await writePlugin(plugin, core)
    await symlink(join(core, '../plugin-testkit'), join(plugin, 'node_modules/@banger/plugin-testkit'))
    expect(await compile(plugin, { 'extend.ts': extend, 'contract.test.ts': contract })).toBe('')
  })
})

describe('a wrong plugin in TypeScript is told so', () => {
  const wrong = {
    'names no range': [extend.replace("coreRange: '>=0.1.0 <1',", ''), "Property 'coreRange' is missing"],
    'taps what is no hook': [extend.replace('hooks.imageSources', 'hooks.images'), "'images' does not exist"],
    'yields no streams': [extend.replace('createReadStream(path)', 'path'), "'string' is not assignable to type 'Readable'"],
    'fails with no code of the catalogue': [extend.replace("'usage'", "'oops'"), `'"oops"' is not assignable`],
    'takes a flag for what it is not': [command.replace('times: number', 'times: string'), "not assignable to type 'string'"],
    "reaches into core's insides": [`import '@banger/core/dist/shared.js'`, "'@banger/core/dist/shared.js'"],
  } as const
  const fileOf = (what: string) => `${what.replaceAll(/\W+/g, '-')}.ts`
  let complaints: string[] = []

  beforeAll(async () => {
    const plugin = await folder()
    await writePlugin(plugin, core)
    const sources = Object.entries(wrong).map(([what, [text]]) => [fileOf(what), text] as const)
    complaints = (await compile(plugin, Object.fromEntries(sources))).split(/^(?=\S)/m)
  })

  it.each(Object.entries(wrong))('when it %s', (what, [, message]) => {
    const about = complaints.filter((complaint) => complaint.includes(fileOf(what)))
    expect(about.join('')).toContain(message)
  })
})

const folders: string[] = []
afterAll(async () => {
  await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })))
})

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'banger-plugin-'))
  folders.push(path)
  return path
}

async function pack(): Promise<string> {
  const destination = await folder()
  const { stdout } = await exec('npm', ['pack', '--json', '--pack-destination', destination], { cwd: core })
  const [packed] = JSON.parse(stdout) as { filename: string }[]
  return join(destination, packed?.filename ?? '')
}

async function writePlugin(plugin: string, coreAt: string): Promise<void> {
  const manifest = { name: 'banger-plugin-tarball', version: '1.0.0', type: 'module' }
  await write(
    join(plugin, 'package.json'),
    JSON.stringify({ ...manifest, devDependencies: { '@banger/core': `file:${coreAt}` } }),
  )
  await exec('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: plugin })
  await mkdir(join(plugin, 'node_modules/@types'), { recursive: true })
  await symlink(join(root, 'node_modules/@types/node'), join(plugin, 'node_modules/@types/node'))
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2024',
    declaration: true,
    rootDir: 'src',
    outDir: 'dist',
    types: ['node'],
  }
  await write(join(plugin, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))
}

/** @returns what the compiler complains of */
async function compile(plugin: string, sources: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(sources)) await write(join(plugin, 'src', name), text)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return exec(process.execPath, [tsc, '--project', plugin]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  )
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
