import { string } from '@oclif/core/args'
import { formatFields } from '../../client/output/table.ts'
import { formatBytes, formatDuration } from '../../client/output/units.ts'
import type { GuestStats } from '../../guest/messages.ts'
import { BangerCommand } from '../base.ts'

export default class VmStats extends BangerCommand {
  static override description =
    'Show what a VM uses, as its guest sees it.\nWith --json: the raw counters of one moment (KiB, bytes, clock ticks since boot).'
  static override examples = ['<%= config.bin %> vm stats testbox']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }

  async run(): Promise<GuestStats> {
    const { args } = await this.parse(VmStats)
    const first = await this.client().stats(args.vm)
    if (this.jsonEnabled()) return first
    // The CPU's share is the difference of two moments.
    await new Promise((resolve) => setTimeout(resolve, 500))
    const second = await this.client().stats(args.vm)
    this.log(describe(first, second))
    return second
  }
}

function describe(first: GuestStats, stats: GuestStats): string {
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
  })
}
