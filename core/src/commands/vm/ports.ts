import { string } from '@oclif/core/args'
import { formatTable } from '../../client/output/table.ts'
import { addressOf } from '../../client/output/vm.ts'
import type { ListeningPort } from '../../guest/messages.ts'
import type { PublishedPort } from '../../hooks/network.ts'
import { BangerCommand } from '../base.ts'

/** A port that a program in the guest listens on. */
export type PortEntry = ListeningPort & {
  /** Where this host leads to it. */
  published: PublishedPort[]
  /** Where this host reaches it without that: `172.16.0.2:4096`. */
  reachable?: string
}

export default class VmPorts extends BangerCommand {
  static override description = 'List the ports that programs in a VM listen on.\nAnd where this host reaches them.'
  static override examples = ['<%= config.bin %> vm ports testbox']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }

  async run(): Promise<PortEntry[]> {
    const { args } = await this.parse(VmPorts)
    const client = this.client()
    const [vm, ports] = await Promise.all([client.vm(args.vm), client.ports(args.vm)])
    const published = vm.attachment?.publish ?? []
    const entries = ports.map((port) => ({
      ...port,
      published: port.protocol === 'tcp' ? published.filter(({ guestPort }) => guestPort === port.port) : [],
      ...reach(addressOf(vm), port),
    }))
    if (entries.length > 0) this.log(table(entries))
    else this.note(`Nothing in ${vm.name} listens on a port.`)
    return entries
  }
}

/** On a bridge, what listens on the guest's address or on every one. */
function reach(address: string | undefined, port: ListeningPort): Pick<PortEntry, 'reachable'> {
  if (!address || !['0.0.0.0', '::', '*', address].includes(port.address)) return {}
  return { reachable: `${address}:${port.port}` }
}

function table(entries: PortEntry[]): string {
  return formatTable(entries, {
    protocol: (entry) => entry.protocol,
    address: (entry) => entry.address,
    port: (entry) => entry.port,
    process: (entry) => entry.process,
    pid: (entry) => entry.pid,
    'on this host': ({ published, reachable }) =>
      [...published.map(({ hostAddress, hostPort }) => `${hostAddress}:${hostPort}`), ...(reachable ? [reachable] : [])].join(
        ', ',
      ),
  })
}
