import { string } from '@oclif/core/args'
import { formatTable } from '../../client/output/table.ts'
import type { ListeningPort } from '../../guest/messages.ts'
import type { PublishedPort } from '../../hooks/network.ts'
import { BangerCommand } from '../base.ts'

/** A port that a program in the guest listens on; `published`: where this host leads to it. */
export type PortEntry = ListeningPort & { published: PublishedPort[] }

export default class VmPorts extends BangerCommand {
  static override description = 'List the ports that programs in a VM listen on, and where this host publishes them.'
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
    }))
    if (entries.length > 0) this.log(table(entries))
    else this.note(`Nothing in ${vm.name} listens on a port.`)
    return entries
  }
}

function table(entries: PortEntry[]): string {
  return formatTable(entries, {
    protocol: (entry) => entry.protocol,
    address: (entry) => entry.address,
    port: (entry) => entry.port,
    process: (entry) => entry.process,
    pid: (entry) => entry.pid,
    'on this host': (entry) => entry.published.map(({ hostAddress, hostPort }) => `${hostAddress}:${hostPort}`).join(', '),
  })
}
