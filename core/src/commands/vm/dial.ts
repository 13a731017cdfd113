import { string } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { untilSshdAnswers } from '../../client/ssh/until-sshd-answers.ts'
import { bridgePort } from '../../client/terminal/bridge-port.ts'
import { fail } from '../../errors.ts'
import { GuestProgramCommand } from '../guest-program.ts'

export default class VmDial extends GuestProgramCommand {
  static override hidden = true
  static override description = 'Join stdin and stdout to a TCP port in a VM.\nWhat ssh uses as ProxyCommand.'
  static override examples = ['ssh -o ProxyCommand="<%= config.bin %> vm dial testbox 22" root@testbox']
  static override args = {
    vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }),
    port: string({ description: 'TCP port in the guest', required: true, ignoreStdin: true }),
  }

  static override flags = { wait: boolean({ description: 'wait while sshd is installed or starts' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VmDial)
    const port = Number(args.port)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw fail('usage', { reason: `"${args.port}" is no TCP port.` })
    const dial = () => this.client().dial(args.vm, port)
    const connection = flags.wait
      ? await this.operate((options) => untilSshdAnswers(this.client(), args.vm, options, dial))
      : await dial()
    await bridgePort(connection)
    // stdin may still be open, and stdout is closed, which nothing that runs later may touch.
    process.exit(0)
  }
}
