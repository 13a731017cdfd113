import { string } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { BangerCommand } from '../base.ts'

export default class VmDelete extends BangerCommand {
  static override description =
    'Delete VMs and everything on their disks.\nA VM that runs is only deleted with --force, which ends it as vm kill does.'
  static override examples = ['<%= config.bin %> vm delete testbox', '<%= config.bin %> vm delete --force one two three']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, multiple: true }) }
  static override flags = { force: boolean({ char: 'f', description: 'delete VMs that run, too' }) }

  async run(): Promise<{ deleted: string[] }> {
    const { args, flags } = await this.parse(VmDelete)
    const deleted = await this.operate(
      (options) =>
        this.each(args.vm, async (vm) => {
          await this.client().deleteVm(vm, { ...options, force: flags.force })
          return vm
        }),
      false,
    )
    for (const vm of deleted) this.log(`${vm} is deleted`)
    return { deleted }
  }
}
