import type { Distro } from '@banger/core'
import { systemdService } from './systemd-service.ts'

/** Debian, Ubuntu and what calls itself like them. */
export const debianGuest: Distro = {
  id: 'debian',
  matches: (os) => ['debian', 'ubuntu'].some((id) => os.id === id || os.idLike.includes(id)),
  initSystem: 'systemd',
  packages: {
    install: (names) => [
      apt('update'),
      apt('install', '--yes', '--no-install-recommends', '--option=Dpkg::Options::=--force-confold', '--', ...names),
    ],
    nameOf: (generic) => generic,
  },
  service: systemdService,
}

/** `DPkg::Lock::Timeout`: someone in the guest may be using apt, too. */
function apt(...args: string[]) {
  return {
    argv: ['apt-get', '--quiet=2', '--option=DPkg::Lock::Timeout=120', ...args],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  }
}
