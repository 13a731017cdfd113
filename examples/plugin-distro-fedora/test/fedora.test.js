import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { testDistro, testPlugin } from '@banger/plugin-testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { fedora } from '../src/fedora.js'

testPlugin({ package: new URL('../package.json', import.meta.url) })

testDistro({
  distro: fedora,
  serves: ['fedora', 'rhel', 'rocky'],
  alsoServes: [{ id: 'centos', idLike: ['rhel', 'fedora'] }],
})

describe('packages are installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fedora-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(['dnf', 'microdnf'])('by %s, where the guest has that, without questions', (manager) => {
    const bin = mkdtempSync(join(folder, 'bin-'))
    writeFileSync(join(bin, manager), `#!/bin/sh\nprintf '%s\\n' "$@" > ${bin}/asked\n`)
    chmodSync(join(bin, manager), 0o755)
    for (const { argv, env } of fedora.packages.install(['git', 'curl'])) {
      const [program = '', ...args] = argv
      execFileSync(program, args, { env: { ...env, PATH: [bin, '/usr/bin', '/bin'].join(delimiter) } })
    }
    const asked = readFileSync(join(bin, 'asked'), 'utf8').split('\n').filter(Boolean)
    expect(asked.filter((word) => !word.startsWith('-'))).toEqual(['install', 'git', 'curl'])
    expect(asked).toContain('-y')
  })
})

test('a service is a unit whose arguments reach the program as they are, wanted by multi-user.target', () => {
  const unit = {
    name: 'web',
    description: '100% served',
    argv: ['/usr/bin/env', 'a b', 'c"d', '$HOME'],
    env: { A: '5%' },
    cwd: '/srv',
  }
  const files = fedora.service(unit).map(({ path, content }) => [path, Buffer.from(content, 'base64').toString()])
  expect(files).toEqual([
    ['/etc/systemd/system/web.service', expect.stringContaining('ExecStart="/usr/bin/env" "a b" "c\\"d" "$$HOME"\n')],
    ['/etc/systemd/system/multi-user.target.d/50-web.conf', '[Unit]\nWants=web.service\n'],
  ])
  expect(files[0]?.[1]).toContain('Description=100%% served\n')
  expect(files[0]?.[1]).toContain('Environment="A=5%%"\nWorkingDirectory=/srv\n')
})
