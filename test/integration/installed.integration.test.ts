import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DaemonInfo } from '../../core/src/protocol/model.ts'

const root = join(import.meta.dirname, '../..')
const exec = promisify(execFile)

/** What `make install` puts into a prefix, called as a user might. Needs `make build`. */
describe('the installed program', () => {
  let folder = ''
  let banger = ''
  const env = () => ({ PATH: process.env.PATH, HOME: join(folder, 'home') })
  const run = async (program: string, args: string[], options = {}) =>
    exec(program, args, { env: env(), ...options }).catch((error: { code: number; stdout: string; stderr: string }) => error)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'banger installed-'))
    await exec(join(root, 'scripts/install.sh'), [join(folder, 'pre fix')])
    banger = join(folder, 'pre fix/bin/banger')
  })
  afterAll(async () => {
    await run(banger, ['daemon', 'stop'])
    await rm(folder, { recursive: true })
  })

  it('runs by its path, from PATH, and through symlinks of symlinks, absolute and relative', async () => {
    await mkdir(join(folder, 'links'))
    await symlink(banger, join(folder, 'links/absolute'))
    await symlink('absolute', join(folder, 'links/relative'))
    const version = /^banger\/\d+\.\d+\.\d+ linux-\w+ node-v\d+/
    expect((await run(banger, ['--version'])).stdout).toMatch(version)
    expect((await run(join(folder, 'links/relative'), ['--version'])).stdout).toMatch(version)
    expect((await run('./relative', ['--version'], { cwd: join(folder, 'links') })).stdout).toMatch(version)
    const path = `${dirname(banger)}:${process.env.PATH}`
    expect((await run('sh', ['-c', 'banger --version'], { env: { ...env(), PATH: path } })).stdout).toMatch(version)
    expect((await run('sh', ['-c', 'cd "$1" && PATH=.:$PATH banger --version', 'sh', dirname(banger)])).stdout).toMatch(version)
  })

  it('brings completion and a man page along, where they are looked for', async () => {
    expect(await readFile(join(folder, 'pre fix/share/man/man1/banger.1'), 'utf8')).toMatch(/^\.TH BANGER 1 /)
    for (const file of [
      'bash-completion/completions/banger',
      'zsh/site-functions/_banger',
      'fish/vendor_completions.d/banger.fish',
    ]) {
      expect(await readFile(join(folder, 'pre fix/share', file), 'utf8')).toContain('banger complete')
    }
    expect((await run(banger, ['completion', 'bash'])).stdout).toContain('complete -F _banger banger')
    expect((await run(banger, ['complete', 'zsh', 'vm', 'sh'])).stdout).toContain('show\tShow everything about a VM.')
  })

  it('lists every command and topic without loading one', async () => {
    const { stdout } = await run(banger, ['--help'])
    for (const word of ['vm', 'image', 'kernel', 'daemon', 'doctor']) expect(stdout).toMatch(new RegExp(`^  ${word} `, 'm'))
  })

  it.each([
    [['vm', 'lst'], 'There is no command "vm lst".', 'Did you mean "banger vm list"?'],
    [['ps', '--all'], 'There is no command "ps".', 'Did you mean "banger vm list"?'],
    [['vm', 'create', '--netwrok', 'none'], 'Nonexistent flag: --netwrok', 'Did you mean "--network"?'],
    [['vm', 'list', '--jsno'], 'Nonexistent flag: --jsno', 'Did you mean "--json"?'],
    [['completion', 'bsh'], 'Expected bsh to be one of: bash, zsh, fish', 'Did you mean "bash"?'],
    [['frobnicate'], 'There is no command "frobnicate".', 'See what there is with: banger --help'],
  ])('names what it does not know, says what was meant, and exits with 2: %j', async (args, message, hint) => {
    expect(await run(banger, args)).toMatchObject({ code: 2, stdout: '', stderr: `Error: ${message}\n${hint}\n` })
  })

  it('finds its own daemon and starts it', async () => {
    expect(await run(banger, ['vm', 'list', '--json'])).toMatchObject({ stdout: '[]\n' })
    expect((await run(banger, ['daemon', 'status'])).stdout).toContain('@banger/plugin-vmm-qemu')
  })

  it("tells all keys of its plugins' settings, and docs explain each", async () => {
    const { plugins } = JSON.parse((await run(banger, ['daemon', 'status', '--json'])).stdout) as DaemonInfo
    const keys = plugins.flatMap(({ adds }) => adds.settings)
    expect(keys).toEqual(expect.arrayContaining(['cidr', 'plugins.network-bridge.isolate', 'plugins.auth-sync.sync']))
    const docs = globSync(join(root, 'docs/*.md')).map((file) => readFileSync(file, 'utf8'))
    const word = (key: string) => new RegExp(`\\b${key.split('.').at(-1)}\\b`)
    expect(keys.filter((key) => !docs.some((text) => word(key).test(text)))).toEqual([])
  })

  it("shares its core with a user's plugin, in the command and in the daemon", async () => {
    await run(banger, ['daemon', 'stop'])
    await writePlugin(join(folder, 'third party'), join(folder, 'home/.local/share/banger'))
    expect(await run(banger, ['third', 'hello'])).toMatchObject({ stdout: 'hello from a plugin\n', stderr: '' })
    expect(await run(banger, ['third', 'hello', '--fail'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no VM named "x"'),
    })
    expect((await run(banger, ['doctor', '--json'])).stdout).toContain('the plugin made a usage error')
  })
})

/** A plugin in plain JavaScript with no copy of core beside it, linked as oclif links plugins. */
async function writePlugin(dir: string, dataDir: string): Promise<void> {
  const files = {
    [join(dataDir, 'package.json')]: JSON.stringify({
      oclif: { schema: 1, plugins: [{ name: 'third', type: 'link', root: dir }] },
    }),
    [join(dir, 'package.json')]: JSON.stringify({
      name: 'third',
      version: '1.0.0',
      type: 'module',
      oclif: { commands: './commands', hooks: { 'banger:extend': { target: './extend.js', identifier: 'extend' } } },
    }),
    [join(dir, 'extend.js')]: `import { fail } from '@banger/core'
const check = () => ({ id: 'third', status: 'ok', message: 'the plugin made a ' + fail('usage').code + ' error' })
export const extend = () => ({
  name: 'third',
  coreRange: '*',
  apply: (hooks) => hooks.doctor.tapPromise('third', async (report) => report.add(check())),
})
`,
    [join(dir, 'commands/third/hello.js')]: `import { BangerCommand, Flags, fail } from '@banger/core/command'
export default class Hello extends BangerCommand {
  static flags = { fail: Flags.boolean() }
  async run() {
    const { flags } = await this.parse(Hello)
    if (flags.fail) throw fail('vm.not-found', { name: 'x' })
    this.log('hello from a plugin')
  }
}
`,
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}
