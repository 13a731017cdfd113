/** @import { GuestFile, ServiceUnit } from '@banger/core' */

/**
 * The files by which systemd runs a service from boot on: a unit, and a drop-in that makes multi-user.target want it.
 * `systemctl enable` would make a symlink in place of the drop-in, which a guest's configuration cannot carry.
 * @param {ServiceUnit} unit
 * @returns {GuestFile[]}
 */
export function systemdService(unit) {
  return [
    file(`/etc/systemd/system/${unit.name}.service`, unitText(unit)),
    file(`/etc/systemd/system/multi-user.target.d/50-${unit.name}.conf`, `[Unit]\nWants=${unit.name}.service\n`),
  ]
}

/** @param {ServiceUnit} unit */
function unitText({ description, argv, env = {}, cwd }) {
  return [
    '[Unit]',
    `Description=${escapeValue(description)}`,
    'After=network.target',
    '',
    '[Service]',
    // in a command line, `$` begins a variable (systemd.service(5))
    `ExecStart=${argv.map((word) => quote(word.replaceAll('$', '$$$$'))).join(' ')}`,
    ...Object.entries(env).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
    ...(cwd ? [`WorkingDirectory=${escapeValue(cwd)}`] : []),
    'Restart=always',
    'RestartSec=1',
    '',
  ].join('\n')
}

/** @param {string} text */
function quote(text) {
  return `"${escapeValue(text).replaceAll('"', '\\"')}"`
}

/**
 * `%` begins a specifier, and a line break ends the value (systemd.syntax(7)).
 * @param {string} text
 */
function escapeValue(text) {
  return text.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\n', '\\n')
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {GuestFile}
 */
function file(path, text) {
  return { path, content: Buffer.from(text).toString('base64'), mode: 0o644 }
}
