import type { Distro } from '@banger/core'
import { installPackages, shell } from './install-packages.ts'
import { systemdService } from './systemd-service.ts'

/** Debian, Ubuntu and what calls itself like them. */
export const debianGuest: Distro = {
  id: 'debian',
  matches: (os) => ['debian', 'ubuntu'].some((id) => os.id === id || os.idLike.includes(id)),
  initSystem: 'systemd',
  packages: { install: installPackages, nameOf: (generic) => generic },
  enableSshd: [shell('if [ -d /run/systemd/system ]; then exec systemctl start ssh.service; else exec service ssh start; fi')],
  service: systemdService,
}
