import { string } from '@oclif/core/args'
import { formatFields } from '../../client/output/table.ts'
import { formatBytes, formatDuration } from '../../client/output/units.ts'
import { formatHostUsage } from '../../client/output/usage.ts'
import type { GuestStats } from '../../guest/messages.ts'
import type { VmUsage } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmStats extends BangerCommand {
  static override description =
    'Show what a VM uses.\nAs its guest sees it, and what it took of this host when that was last looked at (metrics_poll_interval).\nWith --json: the raw counters of one moment (KiB, bytes, clock ticks since boot), and `host` as vm show has it.'
  static override examples = ['<%= config.bin %> vm stats testbox']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }

  async run(): Promise<GuestStats & Pick<VmUsage, 'host'>> {
    const { args } = await this.parse(VmStats)
    const [first, { usage }] = await Promise.all([this.client().stats(args.vm), this.client().vm(args.vm)])
    const host = usage?.host ? { host: usage.host } : {}
    if (this.jsonEnabled()) return { ...first, ...host }
    // The CPU's share is the difference of two moments.
    await new Promise((resolve) => setTimeout(resolve, 500))
    const second = await this.client().stats(args.vm)
    this.log(describe(first, second, usage))
    return { ...second, ...host }
  }
}

function describe(first: GuestStats, stats: GuestStats, usage: VmUsage | undefined): string {
  const used = ({ total, available }: { total: number; available: number }): string =>
    `${formatBytes((total - available) * 1024)} of ${formatBytes(total * 1024)} used`
  const ticks = stats.cpu.total - first.cpu.total
  const share = ticks > 0 ? Math.round((100 * (stats.cpu.busy - first.cpu.busy)) / ticks) : 0
  return formatFields({
    uptime: formatDuration(stats.uptime),
    cpu: `${share}% of ${stats.cpu.count === 1 ? '1 CPU' : `${stats.cpu.count} CPUs`}`,
    load: stats.load.map((load) => load.toFixed(2)).join(' '),
    memory: used(stats.memory),
    disk: used(stats.disk),
    network: `${formatBytes(stats.network.received)} received, ${formatBytes(stats.network.sent)} sent`,
    connections: stats.connections && `${stats.connections.inbound} from outside`,
    'on this host': formatHostUsage(usage),
  })
}
