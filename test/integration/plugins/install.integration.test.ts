import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../../e2e/banger.ts'
import { makePlugin, packFolder } from './make-plugin.ts'
import { NpmRegistry } from './npm-registry.ts'
import { User } from './user.ts'

const name = 'banger-plugin-greet'

/** Adds the same image source as the other plugin. */
const twin = `export const extend = () => ({
  name: 'banger-plugin-twin',
  coreRange: '*',
  apply: (hooks) => hooks.imageSources.tap('banger-plugin-twin', (registry) => registry.add('banger-plugin-twin', { scheme: '${name}' })),
})`

/** Real npm, the built program, a daemon for each: a dozen processes in a test. */
describe('banger plugins install', { timeout: 180_000 }, () => {
  it('installs a tarball, a folder and a git repository, and needs none of them afterwards', async () => {
    await using user = new User()
    const folder = makePlugin(user.home)
    const repository = makePlugin(join(user.home, 'repository'), { word: 'from git' })
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: repository, encoding: 'utf8' })
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'one')
    const commit = git('rev-parse', 'HEAD').trim()
    const tarball = packFolder(folder)
    for (const [source, word] of [
      [tarball, 'hello'],
      [folder, 'hello'],
      [`git+file://${repository}`, 'from git'],
    ] as const) {
      expect(await user.ok(['plugins', 'install', source])).toContain(`${name} 1.0.0 is installed`)
      expect(await user.ok(['greet'])).toBe(`${word}\n`)
    }
    for (const gone of [folder, repository]) rmSync(gone, { recursive: true })
    expect(await user.ok(['greet'])).toBe('from git\n')
    const [inspected] = await user.json<{ installed: { commit: string; integrity: string }; changes: string[] }[]>([
      ...['plugins', 'inspect', name],
    ])
    expect(inspected).toMatchObject({ installed: { commit, integrity: expect.stringMatching(/^sha512-/) }, changes: [] })
  })

  it('installs from a registry by name, version and tag, with the digest that the registry says', async () => {
    await using registry = await NpmRegistry.start()
    await using user = new User(registry.url)
    const one = packFolder(makePlugin(join(user.home, 'one')))
    const two = packFolder(makePlugin(join(user.home, 'two'), { version: '2.0.0' }))
    registry.publish(name, '1.0.0', one)
    registry.publish(name, '2.0.0', two)
    const [latest] = await user.json<{ version: string; tag: string; pinned?: boolean }[]>(['plugins', 'install', name])
    expect(latest).toMatchObject({ version: '2.0.0', tag: 'latest' })
    const [exact] = await user.json<{ version: string; pinned?: boolean }[]>(['plugins', 'install', `${name}@1.0.0`])
    expect(exact).toMatchObject({ version: '1.0.0', pinned: true })
    expect(await user.run(['plugins', 'install', `${name}@9`])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('There is no such version'),
    })
    expect(await user.run(['plugins', 'install', 'no-such-plugin'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the registry knows no such package'),
    })
    expect(await user.added()).toMatchObject([{ name, version: '1.0.0' }])
  })

  it('refuses what is no plugin, does not fit or does not load, and leaves the plugins as they were', async () => {
    await using user = new User()
    await user.ok(['plugins', 'install', makePlugin(user.home)])
    const before = listing(user)
    const other = (manifest: Record<string, unknown>, extend?: string) =>
      makePlugin(join(user.home, String(Math.random())), { version: '2.0.0', manifest, ...(extend ? { extend } : {}) })
    writeFileSync(join(user.home, 'junk.tgz'), 'junk')
    const cases: [string, string][] = [
      [other({ oclif: undefined }), 'has no "oclif"'],
      [other({ oclif: {} }), 'neither commands nor hooks'],
      [other({ name: '@banger/plugin-vmm-qemu' }), 'is a part of banger'],
      [other({ engines: { node: '>=99' } }), 'needs Node >=99'],
      [other({ peerDependencies: { '@banger/core': '>=99' } }), 'needs banger >=99'],
      [other({ peerDependencies: { 'left-pad': '*' } }), 'needs left-pad *, which it does not bring along'],
      [other({}, 'throw new Error("thrown on purpose")'), 'thrown on purpose'],
      [other({}, 'export const extend = () => ({ coreRange: "^99.0.0", apply() {} })'), 'needs banger ^99.0.0'],
      [makePlugin(user.home, { name: 'banger-plugin-twin', extend: twin }), 'both provide the image source'],
      [join(user.home, 'junk.tgz'), 'cannot be read'],
      [join(user.home, 'missing.tgz'), 'there is no'],
      [`git+file://${user.home}/no-repository`, 'could not be fetched'],
      ['any-name-with-the-registry-down', 'could not be fetched'],
    ]
    for (const [source, reason] of cases) {
      const { status, stderr } = await user.run(['plugins', 'install', source])
      expect([source, status, stderr]).toEqual([source, 1, expect.stringContaining(reason)])
      expect(listing(user)).toEqual(before)
    }
    expect(await user.ok(['greet'])).toBe('hello\n')
  })

  it('leaves the old plugins whole when it is killed, and works again afterwards', async () => {
    await using registry = await NpmRegistry.start()
    await using user = new User(registry.url)
    const tarball = packFolder(makePlugin(join(user.home, 'new'), { version: '2.0.0', word: 'new' }))
    registry.publish(name, '2.0.0', tarball)
    await user.ok(['plugins', 'install', makePlugin(user.home)])
    const before = listing(user)
    let asked = false
    registry.hangs = (path) => path.startsWith('files/') && (asked = true)
    const child = user.start(['plugins', 'install', name])
    await until(() => asked)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    expect(listing(user)).toEqual(before)
    expect(await user.ok(['greet'])).toBe('hello\n')
    registry.hangs = () => false
    await user.ok(['plugins', 'install', name])
    expect(await user.ok(['greet'])).toBe('new\n')
  })

  it('lets one command at a time change the plugins', async () => {
    await using registry = await NpmRegistry.start()
    await using user = new User(registry.url)
    let asked = false
    registry.hangs = () => (asked = true)
    const child = user.start(['plugins', 'install', name])
    await until(() => asked)
    const second = await user.run(['plugins', 'link', makePlugin(user.home)])
    child.kill('SIGKILL')
    expect([second.status, second.stderr]).toEqual([1, expect.stringContaining('Another command is changing the plugins')])
  })

  it('runs install scripts only when they are allowed', async () => {
    await using user = new User()
    const marker = join(user.home, 'script-ran')
    const folder = makePlugin(user.home, {
      manifest: { scripts: { postinstall: `touch '${marker}'`, prepack: `touch '${marker}'` } },
    })
    await user.ok(['plugins', 'install', folder])
    expect(existsSync(marker)).toBe(false)
    await user.ok(['plugins', 'install', folder, '--allow-scripts'])
    expect(existsSync(marker)).toBe(true)
  })

  it('says that a plugin runs as the user, unless told --yes', async () => {
    await using user = new User()
    const folder = makePlugin(user.home)
    expect((await user.run(['plugins', 'install', folder])).stderr).toContain('A plugin runs as you')
    expect((await user.run(['plugins', 'install', folder, '--yes'])).stderr).not.toContain('A plugin runs as you')
  })
})

/** All that says which plugins there are. */
function listing({ data }: User) {
  return [realpathSync(join(data, 'current')), readFileSync(join(data, 'package.json'), 'utf8')]
}
