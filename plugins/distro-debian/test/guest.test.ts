import type { Distro, GuestCommand, GuestConfig } from '@banger/core'
import { describe, expect, test } from 'vitest'
import { awaitLock } from '../src/await-lock.ts'
import { debianGuest } from '../src/guest.ts'

const os = (id: string, ...idLike: string[]) => ({ id, idLike })

test('it is Debian, Ubuntu and what is like them', () => {
  for (const one of [os('debian'), os('ubuntu', 'debian'), os('linuxmint', 'ubuntu', 'debian')])
    expect(debianGuest.matches(one)).toBe(true)
  for (const one of [os('alpine'), os('fedora', 'rhel')]) expect(debianGuest.matches(one)).toBe(false)
})

test('packages are installed without questions, the lists read first', () => {
  const commands = debianGuest.packages.install(['curl'])
  const apt = commands.filter(({ argv }) => argv[0] === 'apt-get')
  expect(apt.map(({ argv }) => argv.filter((arg) => !arg.startsWith('--')))).toEqual([
    ['apt-get', 'update'],
    ['apt-get', 'install', 'curl'],
  ])
  for (const { env } of commands) expect(env).toMatchObject({ DEBIAN_FRONTEND: 'noninteractive' })
})

test('apt in the guest waits while banger installs something there', () => {
  const files = (distro: Distro | undefined, commands: GuestCommand[]) => {
    const guest = { files: [], firstBoot: [{ name: 'sshd', commands }] } as unknown as GuestConfig
    const context = { vm: { id: 'x', name: 'x' }, image: { name: 'x', config: {}, hasInit: false }, guest, warn: () => undefined }
    awaitLock({ ...context, ...(distro && { distro }) }, { name: 'a plugin', id: 'debian' })
    return guest.files.map(({ path, content }) => [path, Buffer.from(content, 'base64').toString()])
  }
  const installs = debianGuest.packages.install(['curl'])
  expect(files(debianGuest, installs)).toEqual([['/etc/apt/apt.conf.d/90banger', 'DPkg::Lock::Timeout "600";\n']])
  expect(files(debianGuest, [])).toEqual([])
  expect(files({ ...debianGuest, id: 'other' }, installs)).toEqual([])
  expect(files(undefined, installs)).toEqual([])
})

describe('a service', () => {
  const [unit, dropIn] = debianGuest.service({
    name: 'opencode',
    description: '100% served',
    argv: ['/usr/bin/env', 'a b', 'c"d', '$HOME', '50%', 'back\\slash'],
    env: { KEY: 'a "value" of 5%' },
    cwd: '/root/repo',
  })
  const text = (file: typeof unit) => Buffer.from(file?.content ?? '', 'base64').toString()

  test('is a unit whose arguments reach the program as they are', () => {
    expect(unit).toMatchObject({ path: '/etc/systemd/system/opencode.service', mode: 0o644 })
    expect(text(unit)).toContain('Description=100%% served\n')
    expect(text(unit)).toContain('ExecStart="/usr/bin/env" "a b" "c\\"d" "$$HOME" "50%%" "back\\\\slash"\n')
    expect(text(unit)).toContain('Environment="KEY=a \\"value\\" of 5%%"\n')
    expect(text(unit)).toContain('WorkingDirectory=/root/repo\n')
  })

  test('is wanted by multi-user.target through a drop-in, which needs no symlink', () => {
    expect(dropIn?.path).toBe('/etc/systemd/system/multi-user.target.d/50-opencode.conf')
    expect(text(dropIn)).toBe('[Unit]\nWants=opencode.service\n')
  })
})
