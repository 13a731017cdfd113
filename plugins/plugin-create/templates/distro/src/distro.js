/** @import { Distro } from '@banger/core' */

/**
 * Guests whose /etc/os-release says `ID=sample`, or `ID_LIKE=sample`. An example of a distribution with OpenRC; change it to yours.
 * @type {Distro}
 */
export const distro = {
  id: 'sample',
  matches: (os) => os.id === 'sample' || os.idLike.includes('sample'),
  initSystem: 'openrc',
  packages: {
    // run in the guest as root, also where an earlier run was cut off in the middle
    install: (names) => [{ argv: ['apk', 'add', '--no-cache', ...names] }],
    nameOf: (generic) => generic,
  },
  enableSshd: [{ argv: ['rc-update', 'add', 'sshd'] }, { argv: ['rc-service', 'sshd', 'start'] }],
  service: ({ name, description, argv, env = {}, cwd = '/root' }) => [
    file(
      `/etc/init.d/${name}`,
      `#!/sbin/openrc-run
description=${quote(description)}
supervisor=supervise-daemon
directory=${quote(cwd)}
command=${quote(argv[0] ?? '')}
command_args=${quote(argv.slice(1).map(quote).join(' '))}
${Object.entries(env)
  .map(([key, value]) => `export ${key}=${quote(value)}\n`)
  .join('')}`,
      0o755,
    ),
    file(`/etc/local.d/${name}.start`, `#!/bin/sh\nexec rc-service ${quote(name)} start\n`, 0o755),
  ],
}

/**
 * @param {string} text
 * @returns {string} one word of a shell's
 */
function quote(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * @param {string} path
 * @param {string} text
 * @param {number} mode
 */
function file(path, text, mode) {
  return { path, content: Buffer.from(text).toString('base64'), mode }
}
