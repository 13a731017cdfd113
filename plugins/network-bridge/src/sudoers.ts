import type { Host } from '@banger/core'
import type { Command } from './commands.ts'
import type { Tools } from './tools.ts'

/**
 * The lines for /etc/sudoers.d (sudoers(5)) that let a user run just the commands of the bridge, without a password. Each is one
 * command with all of its arguments; only the number of a tap is open.
 */
export async function sudoersLines({ host, commands, names }: Tools, user: string): Promise<string> {
  const anyTap = `${names.tapPrefix}${'[0-9a-f]'.repeat(4)}`
  const list = Object.values(commands).map((command) => (typeof command === 'function' ? command(anyTap) : command))
  const allowed = await Promise.all(list.map((command) => asRule(host, command)))
  return `${user} ALL=(root) NOPASSWD: \\\n  ${allowed.filter((rule) => rule !== undefined).join(', \\\n  ')}`
}

/** Undefined for a program that is not installed. */
async function asRule(host: Host, { program, args }: Command): Promise<string | undefined> {
  const path = await host.which(program)
  return path && [path, ...args].map((word) => word.replaceAll(/[\\,:=#]/g, (sign) => `\\${sign}`)).join(' ')
}
