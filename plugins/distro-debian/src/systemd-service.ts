import type { GuestFile, ServiceUnit } from '@banger/core'

/**
 * A unit, and a drop-in that makes multi-user.target want it. `systemctl enable` would make a symlink in place of the drop-in,
 * but files are all that a guest's configuration carries, and systemd passes over a `.wants/` entry that is no symlink.
 */
export function systemdService(unit: ServiceUnit): GuestFile[] {
  return [
    file(`/etc/systemd/system/${unit.name}.service`, unitText(unit)),
    file(`/etc/systemd/system/multi-user.target.d/50-${unit.name}.conf`, `[Unit]\nWants=${unit.name}.service\n`),
  ]
}

function unitText({ description, argv, env, cwd }: ServiceUnit): string {
  return [
    '[Unit]',
    `Description=${escapeValue(description)}`,
    'After=network.target',
    '',
    '[Service]',
    `ExecStart=${argv.map(argument).join(' ')}`,
    ...Object.entries(env ?? {}).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
    ...(cwd ? [`WorkingDirectory=${escapeValue(cwd)}`] : []),
    'Restart=always',
    'RestartSec=1',
    '',
  ].join('\n')
}

/** In a command line, `$` begins a variable as well (systemd.service(5), "Command lines"). */
function argument(text: string): string {
  return quote(text.replaceAll('$', '$$$$'))
}

function quote(text: string): string {
  return `"${escapeValue(text).replaceAll('"', '\\"')}"`
}

/** `%` begins a specifier, and a line break ends the value (systemd.syntax(7)). */
function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\n', '\\n')
}

function file(path: string, text: string): GuestFile {
  return { path, content: Buffer.from(text).toString('base64'), mode: 0o644 }
}
