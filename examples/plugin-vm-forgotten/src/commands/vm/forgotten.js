/** @import { DaemonClient } from '@banger/core/command' */
import { BangerCommand, Flags, formatAge, formatTable } from '@banger/core/command'
import { forgottenVms } from '../../forgotten-vms.js'

export default class VmForgotten extends BangerCommand {
  static description = 'List the VMs that were made long ago and do not run.'
  static examples = [
    '<%= config.bin %> vm forgotten',
    '<%= config.bin %> vm forgotten --days 30 --names | xargs <%= config.bin %> vm delete',
  ]
  static flags = {
    days: Flags.integer({ description: 'how long ago they were last started', default: 7, min: 0 }),
    names: Flags.boolean({ description: 'print their names alone, for other programs', exclusive: ['json'] }),
  }

  async run() {
    const { flags } = await this.parse(VmForgotten)
    const vms = forgottenVms(await this.client().vms(), { days: flags.days, now: Date.now() })
    if (flags.names) for (const { name } of vms) this.log(name)
    else if (vms.length > 0) this.log(table(vms))
    else this.note('No VM is forgotten.')
    return vms
  }
}

/** @param {Awaited<ReturnType<DaemonClient['vms']>>} vms */
function table(vms) {
  return formatTable(vms, {
    name: (vm) => vm.name,
    image: (vm) => vm.image,
    created: (vm) => formatAge(vm.createdAt),
    started: (vm) => (vm.startedAt === undefined ? undefined : formatAge(vm.startedAt)),
  })
}
