import { string } from '@oclif/core/args'
import { describeVm } from '../../client/output/vm.ts'
import type { Vm } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmStart extends BangerCommand {
  static override description = 'Start VMs that are stopped.\nReturns when they are ready for commands.'
  static override examples = ['<%= config.bin %> vm start testbox', '<%= config.bin %> vm start one two three']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, multiple: true }) }

  async run(): Promise<Vm[]> {
    const { args } = await this.parse(VmStart)
    const vms = await this.operate((options) => this.each(args.vm, (vm) => this.client().startVm(vm, options)))
    for (const vm of vms) {
      this.log(describeVm(vm))
      for (const warning of vm.warnings) this.note(`Warning: ${warning}`)
    }
    return vms
  }
}
