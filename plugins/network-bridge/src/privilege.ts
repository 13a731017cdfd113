import { fail, type Host, isError, type RunResult } from '@banger/core'
import type { Command } from './commands.ts'

/** How this process may run privileged commands; `none`: as a root without the capability, as in most containers. */
export type Privilege = 'direct' | 'sudo' | 'none'

/** CAP_NET_ADMIN (linux/capability.h): enough for links, addresses, nftables and net.* sysctls. */
const netAdmin = 1n << 12n

const kept = new WeakMap<Host, Promise<Privilege>>()

/** What the programs that the host runs may do: as much as this process, for its whole life. */
export function privilegeOf(host: Host): Promise<Privilege> {
  const privilege = kept.get(host) ?? findPrivilege(host)
  kept.set(host, privilege)
  return privilege
}

async function findPrivilege(host: Host): Promise<Privilege> {
  const { stdout } = await host.run('cat', ['/proc/self/status'])
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(stdout)?.[1] ?? '0'}`)
  if ((effective & netAdmin) !== 0n) return 'direct'
  return /^Uid:\s*\d+\s+0\s/m.test(stdout) ? 'none' : 'sudo'
}

/**
 * Runs one of the privileged commands.
 * @throws tool.missing, tool.failed; driver.unusable when sudo does not allow it
 */
export async function runPrivileged(host: Host, command: Command): Promise<RunResult> {
  const { program, args, input } = command
  const options = { timeout: 20_000, ...(input === undefined ? {} : { input }) }
  if ((await privilegeOf(host)) !== 'sudo') return host.run(program, args, options)
  const path = await host.which(program)
  if (!path) return host.run(program, args, options)
  try {
    // In the C locale, so that what sudo says can be told from what the program says.
    return await host.run('sudo', ['-n', path, ...args], { ...options, env: { LC_ALL: 'C' } })
  } catch (error) {
    throw refusedBySudo(error) ?? error
  }
}

/** sudo's own failures begin with its name; the program's are its own. */
function refusedBySudo(error: unknown): Error | undefined {
  if (!isError(error, 'tool.failed')) return undefined
  const reason = /sudo: .*?(?= \(exit|;|$)/.exec(error.message)?.[0]
  if (!reason) return undefined
  const advice = 'banger doctor prints the lines for sudoers that it needs.'
  return fail('driver.unusable', { kind: 'network', name: 'bridge', reason, advice }, error)
}
