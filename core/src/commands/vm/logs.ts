import { string } from '@oclif/core/args'
import { boolean, integer } from '@oclif/core/flags'
import { printLog } from '../../client/terminal/print-log.ts'
import { BangerCommand } from '../base.ts'

export default class VmLogs extends BangerCommand {
  static override enableJsonFlag = false
  static override description = "Print what a VM wrote to its console: the kernel's and the init's messages."
  static override examples = ['<%= config.bin %> vm logs testbox', '<%= config.bin %> vm logs testbox --follow --lines 20']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    follow: boolean({ char: 'f', description: 'go on printing as it comes, until Ctrl-C or the VM is deleted' }),
    lines: integer({ char: 'n', description: 'print this many of the last lines only', min: 0 }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VmLogs)
    const { consoleLog } = await this.client().vm(args.vm)
    await printLog(consoleLog, process.stdout, {
      follow: flags.follow,
      ...(flags.lines === undefined ? {} : { lines: flags.lines }),
    })
  }
}
