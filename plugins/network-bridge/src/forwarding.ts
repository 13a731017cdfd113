import { readFirewall } from './firewall.ts'
import type { Tools } from './tools.ts'

/** Whether the host forwards packets. By a program, so that it is that of the namespace the programs run in. */
export async function isForwarding({ host }: Pick<Tools, 'host'>): Promise<boolean> {
  const { stdout } = await host.run('cat', ['/proc/sys/net/ipv4/ip_forward'])
  return stdout.trim() === '1'
}

/**
 * Turns forwarding off again, unless somebody else has rules for forwarded packets by now: they may rely on it, and they decide
 * what is forwarded.
 */
export async function stopForwarding(tools: Tools): Promise<void> {
  const { chains } = await readFirewall(tools)
  if (chains.some((chain) => chain.hook === 'forward' && chain.table !== tools.names.table)) return
  await tools.run(tools.commands.setForwarding(false))
}
