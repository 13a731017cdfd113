import { boolean } from '@oclif/core/flags'
import { describeVm } from '../../client/output/vm.ts'
import { createRequest, vmFlags } from '../../client/input/vm-flags.ts'
import type { Vm } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmCreate extends BangerCommand {
  static override description =
    'Create a VM and start it.\nReturns when the VM is ready for commands. Nothing is left of a VM that does not become ready.'
  static override examples = [
    '<%= config.bin %> vm create --image devbox --name testbox',
    '<%= config.bin %> vm create --memory 2G --vcpus 4 --publish 8080:80',
  ]
  static override flags = {
    ...vmFlags,
    start: boolean({ description: 'start it', allowNo: true, default: true }),
  }

  async run(): Promise<Vm> {
    const { flags } = await this.parse(VmCreate)
    const request = { ...createRequest(flags), start: flags.start }
    const vm = await this.operate((options) => this.client().createVm(request, options))
    this.log(describeVm(vm))
    for (const warning of vm.warnings) this.note(`Warning: ${warning}`)
    return vm
  }
}
