import { string } from '@oclif/core/args'
import { describeVm } from '../../client/output/vm.ts'
import type { Vm } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmStop extends BangerCommand {
  static override description =
    'Stop VMs.\nThe guest is asked to shut down, and ended by force if it does not within a bounded time.'
  static override examples = ['<%= config.bin %> vm stop testbox', '<%= config.bin %> vm stop one two three']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, multiple: true }) }

  async run(): Promise<Vm[]> {
    const { args } = await this.parse(VmStop)
    const vms = await this.operate((options) => this.each(args.vm, (vm) => this.client().stopVm(vm, options)), false)
    for (const vm of vms) this.log(describeVm(vm))
    return vms
  }
}
