import { networkOf } from './ipv4.ts'
import type { Settings } from './settings.ts'
import { domain, type Names } from './names.ts'
import { ruleset, withoutRules } from './ruleset.ts'

/** A program run with privileges. */
export interface Command {
  program: 'ip' | 'nft' | 'tee' | 'resolvectl'
  args: string[]
  /** Its stdin. */
  input?: string
}

/** Every privileged command there is. docs/networking.md lists them, sudoersLines() allows them. */
export interface Commands {
  addBridge: Command
  /** The bridge gets no IPv6 address: VMs have none, and nothing on this host listens for them there. */
  withoutIpv6: Command
  addAddress: Command
  raiseBridge: Command
  deleteBridge: Command
  setRules: Command
  deleteRules: Command
  /** To see whether somebody else has rules for forwarded packets. */
  listRules: Command
  setForwarding(on: boolean): Command
  /** For systemd-resolved: names below this domain are asked for at the bridge. */
  setDnsServer: Command
  setDnsDomain: Command
  /** @param owner number of the user that may open it, if that is another */
  addTap(device: string, owner?: number): Command
  plugTap(device: string): Command
  raiseTap(device: string): Command
  deleteTap(device: string): Command
}

/** @param uid the user that runs the VMMs, who may open the taps */
export function commandsFor(settings: Settings, names: Names, uid: number): Commands {
  const { bridge, address, cidr, isolate } = settings
  const ip = (line: string): Command => ({ program: 'ip', args: line.split(' ') })
  const nft = (...args: string[]): Command => ({ program: 'nft', args })
  const resolvectl = (...args: string[]): Command => ({ program: 'resolvectl', args })
  return {
    addBridge: ip(`link add name ${bridge} address ${names.bridgeMac} type bridge`),
    withoutIpv6: ip(`link set dev ${bridge} addrgenmode none`),
    addAddress: ip(`address replace ${address}/${networkOf(cidr).prefix} dev ${bridge}`),
    raiseBridge: ip(`link set dev ${bridge} up`),
    deleteBridge: ip(`link delete dev ${bridge} type bridge`),
    setRules: nft(ruleset(settings, names)),
    deleteRules: nft(withoutRules(names)),
    listRules: nft('--json', 'list', 'ruleset'),
    setForwarding: (on) => ({ program: 'tee', args: ['/proc/sys/net/ipv4/ip_forward'], input: on ? '1' : '0' }),
    setDnsServer: resolvectl('dns', bridge, address),
    setDnsDomain: resolvectl('domain', bridge, `~${domain}`),
    addTap: (device, owner = uid) => ip(`tuntap add dev ${device} mode tap user ${owner}`),
    plugTap: (device) => ip(`link set dev ${device} master ${bridge} addrgenmode none`),
    raiseTap: (device) => ip(`link set dev ${device} up type bridge_slave isolated ${isolate ? 'on' : 'off'}`),
    deleteTap: (device) => ip(`link delete dev ${device}`),
  }
}
