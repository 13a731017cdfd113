import { string as argument } from '@oclif/core/args'
import { boolean, integer, string } from '@oclif/core/flags'
import { printLog } from '../../client/terminal/print-log.ts'
import { writeThrough } from '../../client/terminal/write-through.ts'
import { BangerCommand } from '../base.ts'

export default class VmLogs extends BangerCommand {
  static override enableJsonFlag = false
  static override description = `Print what a VM wrote to its console.
Those are the kernel's and the init's messages. With --step or --service: what that step of the first boot wrote, or that service of banger's, as the running guest keeps it. banger vm show names both.`
  static override examples = [
    '<%= config.bin %> vm logs testbox',
    '<%= config.bin %> vm logs testbox --follow --lines 20',
    '<%= config.bin %> vm logs testbox --step sshd',
  ]
  static override args = { vm: argument({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    follow: boolean({ char: 'f', description: 'go on printing as it comes, until Ctrl-C or the VM is deleted' }),
    lines: integer({ char: 'n', description: 'print this many of the last lines only', min: 0 }),
    step: string({ description: 'a step of the first boot', exclusive: ['service'] }),
    service: string({ description: 'a service that banger runs in the guest' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VmLogs)
    const options = { follow: flags.follow, ...(flags.lines === undefined ? {} : { lines: flags.lines }) }
    const name = flags.step === undefined ? flags.service : `first-boot-${flags.step}`
    if (name === undefined) return printLog((await this.client().vm(args.vm)).consoleLog, process.stdout, options)
    const gone = new AbortController()
    const outlet = writeThrough(process.stdout, () => gone.abort())
    for await (const bytes of this.client().log(args.vm, name, { ...options, signal: gone.signal })) await outlet.write(bytes)
    await outlet.drained()
  }
}
