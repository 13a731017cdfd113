import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makePlugin, packFolder } from './make-plugin.ts'
import { NpmRegistry } from './npm-registry.ts'
import { User } from './user.ts'

const name = 'banger-plugin-greet'

describe('banger plugins', { timeout: 180_000 }, () => {
  it('shows where a plugin came from and what it adds, the same in the CLI and in the daemon', async () => {
    await using user = new User()
    await user.ok(['daemon', 'start'])
    await user.ok(['plugins', 'install', makePlugin(user.home)])
    const text = await user.ok(['plugins'])
    expect(text).toMatch(/banger-plugin-greet +1\.0\.0 +installed +ok +.*commands: greet/)
    expect(text).toMatch(/@banger\/plugin-kernel-catalog .* bundled +ok .*commands: kernel delete/)
    const info = await user.json<{ plugins: { name: string }[] }>(['daemon', 'status'])
    expect(info.plugins.map((plugin) => plugin.name)).toContain(name)
  })

  it('has the daemon take up what is installed and removed', async () => {
    await using user = new User()
    await user.ok(['daemon', 'start'])
    const pid = await user.daemonPid()
    await user.ok(['plugins', 'install', makePlugin(user.home)])
    expect(await user.daemonPid()).not.toBe(pid)
    expect((await user.run(['image', 'pull', `${name}:x`])).stderr).toContain(`${name} was asked`)
    await user.ok(['plugins', 'uninstall', name])
    expect(await user.ok(['daemon', 'status'])).not.toContain(name)
    expect(await user.run(['plugins', 'uninstall', name])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('No plugin'),
    })
  })

  it('starts no daemon for a change', async () => {
    await using user = new User()
    await user.ok(['plugins', 'install', makePlugin(user.home)])
    expect(await user.daemonPid()).toBeUndefined()
  })

  it('links a folder, whose changes count as soon as the daemon starts anew', async () => {
    await using user = new User()
    const folder = makePlugin(user.home)
    await user.ok(['daemon', 'start'])
    await user.ok(['plugins', 'link', folder])
    const source = join(folder, 'extend.js')
    writeFileSync(source, readFileSync(source, 'utf8').replace(`scheme: '${name}'`, `scheme: 'renamed'`))
    await user.ok(['daemon', 'restart'])
    expect((await user.run(['image', 'pull', 'renamed:x'])).stderr).toContain(`${name} was asked`)
    await user.ok(['plugins', 'unlink', folder])
    expect(await user.added()).toEqual([])
  })

  it('updates what has a newer version, leaves pinned plugins alone, and refuses other contents of the same version', async () => {
    await using registry = await NpmRegistry.start()
    await using user = new User(registry.url)
    const publish = (version: string, word: string) =>
      registry.publish(name, version, packFolder(makePlugin(join(user.home, word), { version, word })))
    publish('1.0.0', 'first')
    await user.ok(['plugins', 'install', name])
    expect(await user.json(['plugins', 'update'])).toEqual([{ name, state: 'current', version: '1.0.0' }])
    publish('1.0.0', 'forged')
    expect(await user.run(['plugins', 'update'], { env: { npm_config_cache: join(user.home, 'other') } })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the same version has other contents now'),
    })
    publish('1.1.0', 'second')
    expect(await user.json(['plugins', 'update'])).toEqual([{ name, state: 'updated', version: '1.1.0', from: '1.0.0' }])
    expect(await user.ok(['greet'])).toBe('second\n')
    await user.ok(['plugins', 'install', `${name}@1.1.0`])
    publish('1.2.0', 'third')
    expect(await user.ok(['plugins', 'update'])).toContain('is pinned to 1.1.0')
    expect(await user.ok(['greet'])).toBe('second\n')
  })

  it('sees that a file of a plugin was changed', async () => {
    await using user = new User()
    await user.ok(['plugins', 'install', makePlugin(user.home)])
    writeFileSync(join(user.data, 'node_modules', name, 'commands/greet.js'), '')
    expect(await user.ok(['plugins', 'inspect', name])).toContain('commands/greet.js was changed')
    expect((await user.run(['doctor'])).stdout).toContain('commands/greet.js was changed')
  })

  it("runs banger's own commands whatever a plugin does to oclif, and in its place when it has the same name", async () => {
    await using user = new User()
    const folder = makePlugin(user.home, {
      manifest: { oclif: { commands: './commands', hooks: { init: './init.js', prerun: './init.js' } } },
    })
    writeFileSync(join(folder, 'init.js'), 'process.stdout.write("a hook ran"); process.exit(9)')
    mkdirSync(join(folder, 'commands/vm'), { recursive: true })
    writeFileSync(
      join(folder, 'commands/vm/list.js'),
      `import { BangerCommand } from '@banger/core/command'
export default class Other extends BangerCommand { async run() { this.exit(8) } }`,
    )
    await user.ok(['plugins', 'link', folder])
    expect(await user.run(['vm', 'list', '--json'])).toMatchObject({ status: 0, stdout: '[]\n' })
    expect((await user.run(['greet'])).status).toBe(9)
    expect(await user.ok(['plugins', 'uninstall', name])).toContain('no longer linked')
  })

  it('takes over what @oclif/plugin-plugins keeps in the data folder, and can be read by it', async () => {
    await using user = new User()
    const root = makePlugin(user.home)
    mkdirSync(join(user.data, 'node_modules/some-dependency'), { recursive: true })
    writeFileSync(
      join(user.data, 'package.json'),
      JSON.stringify({ name: 'banger', oclif: { schema: 1, plugins: [{ name, type: 'link', root }] } }),
    )
    await user.ok(['plugins', 'link', makePlugin(join(user.home, 'b'), { name: 'banger-plugin-b' })])
    expect((await user.added()).map((plugin) => plugin.name)).toEqual(['banger-plugin-b', name])
    const { oclif } = JSON.parse(readFileSync(join(user.data, 'package.json'), 'utf8')) as { oclif: { plugins: unknown[] } }
    expect(oclif.plugins).toContainEqual({ name, type: 'link', root })
    await user.ok(['plugins', 'reset', '--yes'])
    expect(await user.added()).toEqual([])
  })
})
