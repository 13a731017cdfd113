/** @import { Distro, GuestCommand } from '@banger/core' */
import { systemdService } from './systemd-service.js'

// dnf waits for whoever uses it in the guest at the same time, and rpm undoes what was cut off. Container images have curl-minimal
// in place of curl, which gives way by --allowerasing; small ones have microdnf in place of dnf, which knows no such thing.
const install = `options="-y --setopt=install_weak_deps=False"
if command -v dnf >/dev/null; then exec dnf install $options --allowerasing "$@"; else exec microdnf install $options "$@"; fi`

/**
 * Fedora, RHEL and their kin: CentOS, Rocky Linux, AlmaLinux.
 * @type {Distro}
 */
export const fedora = {
  id: 'fedora',
  matches: (os) => ['fedora', 'rhel', 'centos'].some((id) => os.id === id || os.idLike.includes(id)),
  initSystem: 'systemd',
  packages: {
    install: (names) => [shell(install, names)],
    nameOf: (generic) => generic,
  },
  enableSshd: [shell('systemctl enable --now sshd.service')],
  service: systemdService,
}

/**
 * @param {string} script
 * @param {string[]} [args]
 * @returns {GuestCommand}
 */
function shell(script, args = []) {
  return { argv: ['sh', '-c', script, 'sh', ...args], env: { LC_ALL: 'C.UTF-8' } }
}
