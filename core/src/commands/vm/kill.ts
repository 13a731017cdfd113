import { string } from '@oclif/core/args'
import { describeVm } from '../../client/output/vm.ts'
import type { Vm } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmKill extends BangerCommand {
  static override description =
    'Stop VMs at once, without asking the guest.\nWhat a guest has not yet written to its disk is lost.'
  static override examples = ['<%= config.bin %> vm kill testbox', '<%= config.bin %> vm kill one two three']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, multiple: true }) }

  async run(): Promise<Vm[]> {
    const { args } = await this.parse(VmKill)
    const vms = await this.operate((options) => this.each(args.vm, (vm) => this.client().killVm(vm, options)), false)
    for (const vm of vms) this.log(describeVm(vm))
    return vms
  }
}
