import { boolean } from '@oclif/core/flags'
import { addressOf, formatPorts } from '../../client/output/vm.ts'
import { formatTable } from '../../client/output/table.ts'
import { formatAge, formatMebibytes } from '../../client/output/units.ts'
import type { Vm } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmList extends BangerCommand {
  static override description = 'List the VMs that run, or all of them.'
  static override examples = ['<%= config.bin %> vm list', '<%= config.bin %> vm list --all --json']
  static override flags = { all: boolean({ char: 'a', description: 'list stopped VMs, too' }) }

  async run(): Promise<Vm[]> {
    const { flags } = await this.parse(VmList)
    const all = await this.client().vms()
    const vms = flags.all ? all : all.filter((vm) => vm.state !== 'stopped')
    if (vms.length > 0) this.log(table(vms))
    const hidden = all.length - vms.length
    if (hidden > 0) this.note(`${hidden === 1 ? '1 stopped VM is' : `${hidden} stopped VMs are`} not shown: banger vm list --all`)
    else if (vms.length === 0) this.note('There are no VMs. Make one with: banger vm run')
    return vms
  }
}

function table(vms: Vm[]): string {
  return formatTable(vms, {
    name: (vm) => vm.name,
    state: (vm) => vm.state,
    image: (vm) => vm.image,
    vcpus: (vm) => vm.vcpus,
    memory: (vm) => formatMebibytes(vm.memory),
    address: (vm) => addressOf(vm) ?? '',
    ports: formatPorts,
    created: (vm) => formatAge(vm.createdAt),
  })
}
