import { string } from '@oclif/core/args'
import { formatFields } from '../../client/output/table.ts'
import { formatAge, formatMebibytes } from '../../client/output/units.ts'
import { formatPorts } from '../../client/output/vm.ts'
import type { Vm } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmShow extends BangerCommand {
  static override description = 'Show everything about a VM.'
  static override examples = ['<%= config.bin %> vm show testbox', '<%= config.bin %> vm show testbox --json']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }

  async run(): Promise<Vm> {
    const { args } = await this.parse(VmShow)
    const vm = await this.client().vm(args.vm)
    this.log(describe(vm))
    return vm
  }
}

function describe(vm: Vm): string {
  return formatFields({
    name: vm.name,
    id: vm.id,
    state: vm.state,
    image: vm.image,
    kernel: vm.kernel,
    vmm: vm.machine ? `${vm.vmm} (pid ${vm.machine.pid})` : vm.vmm,
    vcpus: vm.vcpus,
    memory: formatMebibytes(vm.memory),
    disk: formatMebibytes(vm.disk),
    network: vm.network,
    address: vm.attachment?.guest.address,
    ports: formatPorts(vm) || undefined,
    created: formatAge(vm.createdAt),
    started: vm.startedAt && vm.state === 'running' ? formatAge(vm.startedAt) : undefined,
    'last stop': vm.exit?.detail,
    ephemeral: vm.ephemeral ? 'yes: removed when its command ends' : undefined,
    console: vm.consoleLog,
    warnings: vm.warnings.join('\n') || undefined,
  })
}
