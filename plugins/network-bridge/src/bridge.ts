import { fail } from '@banger/core'
import { networkOf, overlap, parseNetwork } from './ipv4.ts'
import { ownTaps, readLinks, readRoutes } from './links.ts'
import type { Tools } from './tools.ts'

/**
 * Makes the bridge with its address and rules, or mends what is missing of it.
 * @throws network.conflict, driver.unusable, tool.failed; what was made so far is for `lowerBridge`
 */
export async function raiseBridge(tools: Tools): Promise<void> {
  const { host, settings, names, commands, run } = tools
  const links = await readLinks(host)
  const there = links.find((link) => link.name === settings.bridge)
  if (there && there.mac !== names.bridgeMac) throw conflict(tools, 'an interface of that name is there and not of this banger')
  if (!there) {
    await refuseUsedNetwork(tools)
    await run(commands.addBridge)
  }
  for (const command of [commands.withoutIpv6, commands.addAddress, commands.raiseBridge, commands.setRules]) await run(command)
  if (!there) await tellResolver(tools)
}

/**
 * Removes the taps, the rules and the bridge, whatever of them is there.
 * @throws the first failure, when the rest is removed
 */
export async function lowerBridge({ host, settings, names, commands, run }: Tools): Promise<void> {
  const links = await readLinks(host)
  const isOurs = links.some((link) => link.name === settings.bridge && link.mac === names.bridgeMac)
  const taps = ownTaps(names, links).map(({ name }) => commands.deleteTap(name))
  const failures: unknown[] = []
  for (const command of [...taps, ...(isOurs ? [commands.deleteBridge] : []), commands.deleteRules])
    await run(command).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/** Another network with these addresses would no longer be reached. A default route is nobody's network, nor are its halves, which VPNs set. */
async function refuseUsedNetwork(tools: Tools): Promise<void> {
  const own = networkOf(tools.settings.cidr)
  for (const route of await readRoutes(tools.host)) {
    const network = parseNetwork(route.network)
    if (network && network.prefix > 1 && overlap(network, own)) {
      const where = route.device ? ` by ${route.device}` : ''
      throw conflict(tools, `the addresses ${tools.settings.cidr} are in use${where} (${route.network})`)
    }
  }
}

function conflict({ settings }: Tools, reason: string) {
  return fail('network.conflict', { bridge: settings.bridge, reason })
}

/** Where systemd-resolved looks names up, this host finds VMs by name. Elsewhere docs/networking.md says how. */
async function tellResolver({ host, commands, run }: Tools): Promise<void> {
  if (!(await host.which('resolvectl'))) return
  try {
    await run(commands.setDnsServer)
    await run(commands.setDnsDomain)
  } catch (error) {
    host.log.info({ err: error }, 'systemd-resolved does not look up the names of VMs')
  }
}
