import { describe, expect, test } from 'vitest'
import { debianGuest } from '../src/guest.ts'

const os = (id: string, ...idLike: string[]) => ({ id, idLike })

test('it is Debian, Ubuntu and what is like them', () => {
  for (const one of [os('debian'), os('ubuntu', 'debian'), os('linuxmint', 'ubuntu', 'debian')])
    expect(debianGuest.matches(one)).toBe(true)
  for (const one of [os('alpine'), os('fedora', 'rhel')]) expect(debianGuest.matches(one)).toBe(false)
})

test('packages are installed without questions, the lists read first', () => {
  const commands = debianGuest.packages.install(['openssh-server'])
  expect(commands.map(({ argv }) => argv.filter((arg) => !arg.startsWith('--')))).toEqual([
    ['apt-get', 'update'],
    ['apt-get', 'install', 'openssh-server'],
  ])
  for (const { env } of commands) expect(env).toEqual({ DEBIAN_FRONTEND: 'noninteractive' })
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
