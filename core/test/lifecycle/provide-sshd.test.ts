import { describe, expect, it } from 'vitest'
import type { Distro } from '../../src/hooks/distro.ts'
import { provideSshd } from '../../src/lifecycle/provide-sshd.ts'

const distro: Distro = {
  id: 'some',
  matches: () => true,
  initSystem: 'systemd',
  packages: {
    install: (names) => [{ argv: ['get', ...names], env: { QUIET: 'yes' } }],
    nameOf: (generic) => `${generic}-of-some`,
  },
  enableSshd: [{ argv: ['enable', 'sshd'] }],
  service: () => [],
}
const os = { id: 'some', idLike: [] }
const lasting = { ephemeral: false, network: 'user' }

describe('sshd in a guest', () => {
  it('is installed as its distribution says, with the PATH of the system, and started by its init', () => {
    const { firstBoot, services } = provideSshd({ vm: lasting, image: { os, hasInit: true }, distro })
    expect(firstBoot).toEqual([
      {
        name: 'sshd',
        creates: '/usr/sbin/sshd',
        commands: [
          { argv: ['get', 'openssh-server-of-some'], env: { PATH: expect.stringContaining('/usr/sbin'), QUIET: 'yes' } },
          { argv: ['enable', 'sshd'], env: { PATH: expect.stringContaining('/usr/sbin') } },
        ],
      },
    ])
    expect(services).toEqual([])
  })

  it('is a service of the agent where there is no init, once it is installed', () => {
    const { firstBoot, services } = provideSshd({ vm: lasting, image: { os, hasInit: false }, distro })
    expect(firstBoot[0]?.commands.map(({ argv }) => argv[0])).toEqual(['get'])
    expect(services).toEqual([{ name: 'sshd', argv: ['/usr/sbin/sshd', '-D', '-e'], restart: 'always', after: 'sshd' }])
  })

  it.each([
    [
      'an unknown distribution',
      { vm: lasting, image: { os: { ...os, prettyName: 'Some Linux 3' }, hasInit: false } },
      /Some Linux 3/,
    ],
    ['no distribution at all', { vm: lasting, image: { hasInit: false } }, /os-release/],
    ['no network', { vm: { ...lasting, network: 'none' }, image: { os, hasInit: true }, distro }, /without a network/],
    [
      'a VM of one command',
      { vm: { ...lasting, ephemeral: true }, image: { os, hasInit: true }, distro },
      /removed with its command/,
    ],
  ])('is not installed, for a reason that is told, with %s', (_, input, reason) => {
    const [step] = provideSshd(input).firstBoot
    expect(step).toMatchObject({ creates: '/usr/sbin/sshd', commands: [], impossible: expect.stringMatching(reason) })
  })
})
