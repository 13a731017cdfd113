import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { connectSsh } from '../../client/ssh/connect-ssh.ts'
import { runAcp } from '../../client/ssh/run-acp.ts'
import { GuestProgramCommand } from '../guest-program.ts'

export default class VmAcp extends GuestProgramCommand {
  static override description = `Bridge stdin and stdout to "opencode acp" in a VM.
An agent for editors and other clients that speak ACP. Runs it over SSH in /root/repo where that exists, else in /root. Nothing but the protocol is written to stdout. Waits for sshd while the VM installs or starts it. Ends with the agent, whose status it exits with, when stdin ends or a signal comes.
In an editor: {"command": "banger", "args": ["vm", "acp", "testbox"]}`
  static override examples = ['<%= config.bin %> vm acp testbox', '<%= config.bin %> vm acp testbox --cwd /srv/project']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    cwd: Flags.string({ description: 'folder in the guest to run it in' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VmAcp)
    const connection = await this.operate((options) => connectSsh(this.client(), args.vm, options))
    process.exitCode = await runAcp(connection, args.vm, flags.cwd)
  }
}
