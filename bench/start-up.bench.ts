import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchFile } from './case.ts'

const root = join(import.meta.dirname, '..')
const banger = join(root, 'build/bin/banger')

/** The CLI's start-up as whole processes, against the least that Node can do. */
export const prepare: BenchFile['prepare'] = async () => {
  const home = await mkdtemp(join(tmpdir(), 'banger-bench-'))
  const env = { HOME: home, PATH: process.env.PATH }
  const generated = await generateCli(join(home, 'generated'))
  const withPlugins = { ...env, BANGER_DATA_DIR: await writePlugins(join(home, 'plugins'), 20) }
  await run(env, banger, 'daemon', 'start')
  const node = () => run(env, process.execPath, '-e', '0')
  return {
    cases: [
      { name: 'banger --version, against node -e 0', ours: () => run(env, banger, '--version'), theirs: node, runs: 25, aim: 2 },
      { name: 'banger vm list, against node -e 0', ours: () => run(env, banger, 'vm', 'list'), theirs: node, runs: 25, aim: 2 },
      {
        name: 'banger --version with 20 plugins installed, against none',
        ours: () => run(withPlugins, banger, '--version'),
        theirs: () => run(env, banger, '--version'),
        runs: 25,
        aim: 1.05,
      },
      {
        name: 'banger vm list with 20 plugins installed, against none',
        ours: () => run(withPlugins, banger, 'vm', 'list'),
        theirs: () => run(env, banger, 'vm', 'list'),
        runs: 25,
        aim: 1.05,
      },
      {
        name: 'for comparison: an oclif CLI as generated, against node -e 0',
        ours: () => run(env, process.execPath, generated, 'hello'),
        theirs: node,
        runs: 11,
      },
    ],
    cleanUp: async () => {
      await run(env, banger, 'daemon', 'stop')
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A data folder with so many plugins, as `banger plugins install` leaves them: each with a command and hooks. @returns it */
async function writePlugins(data: string, count: number): Promise<string> {
  const plugins = Array.from({ length: count }, (_, index) => ({ name: `banger-plugin-${index}`, type: 'user', tag: 'latest' }))
  await mkdir(data, { recursive: true })
  await writeFile(join(data, 'package.json'), JSON.stringify({ name: 'banger', oclif: { schema: 1, plugins } }))
  for (const { name } of plugins) {
    const hooks = { 'banger:extend': { target: './extend.js', identifier: 'extend' }, 'init': './init.js' }
    const manifest = { name, version: '1.0.0', type: 'module', oclif: { commands: './commands', hooks } }
    const files = {
      'package.json': JSON.stringify(manifest),
      'extend.js': `export const extend = () => ({ name: '${name}', coreRange: '*', apply() {} })\n`,
      'init.js': 'export default async function () {}\n',
      [`commands/${name}.js`]:
        "import { BangerCommand } from '@banger/core/command'\nexport default class X extends BangerCommand { async run() {} }\n",
    }
    for (const [file, text] of Object.entries(files)) {
      const path = join(data, 'node_modules', name, file)
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(path, text)
    }
  }
  return data
}

/** What `oclif generate` makes, with one command and its manifest. @returns its entry */
async function generateCli(dir: string): Promise<string> {
  const command = { id: 'hello', aliases: [], args: {}, flags: {}, isESM: true, relativePath: ['dist', 'commands', 'hello.js'] }
  const files = {
    'package.json': JSON.stringify({
      name: 'generated',
      version: '0.0.0',
      type: 'module',
      oclif: { bin: 'generated', commands: './dist/commands' },
    }),
    'oclif.manifest.json': JSON.stringify({ version: '0.0.0', commands: { hello: command } }),
    'bin/run.js': "import { execute } from '@oclif/core'\nawait execute({ dir: import.meta.url })\n",
    'dist/commands/hello.js':
      "import { Command } from '@oclif/core'\nexport default class Hello extends Command {\n  async run() { await this.parse(Hello); this.log('hello') }\n}\n",
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dir, name, '..'), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  return join(dir, 'bin/run.js')
}

function run(env: NodeJS.ProcessEnv, program: string, ...args: string[]): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.once('error', reject)
    child.once('close', (status) =>
      status === 0 ? resolve(undefined) : reject(new Error(`${program} ${args.join(' ')}: ${said}`)),
    )
  })
}
