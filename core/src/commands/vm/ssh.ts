import { string } from '@oclif/core/args'
import { boolean } from '@oclif/core/flags'
import { connectSsh } from '../../client/ssh/connect-ssh.ts'
import { runSsh } from '../../client/ssh/run-ssh.ts'
import { GuestProgramCommand } from '../guest-program.ts'

export default class VmSsh extends GuestProgramCommand {
  static override description = `Open a shell in a VM over SSH, or run a command in it.
Waits for sshd while the VM installs or starts it, and says so. Exits with the status of the shell or command.
For plain ssh, scp, rsync and editors: banger vm ssh-config`
  static override usage = 'vm ssh VM [--tty | --no-tty] [-- COMMAND...]'
  static override examples = ['<%= config.bin %> vm ssh testbox', "<%= config.bin %> vm ssh testbox -- 'cd /srv && ls'"]
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    tty: boolean({ char: 't', description: 'ask for a terminal (default: for a shell, when stdin is one)', allowNo: true }),
  }

  async run(): Promise<void> {
    const { own, command } = this.splitArgv()
    const { args, flags } = await this.parse(VmSsh, own)
    const connection = await this.operate((options) => connectSsh(this.client(), args.vm, options))
    const words = command?.length ? command.join(' ') : undefined
    const tty = flags.tty ?? (words === undefined && Boolean(process.stdin.isTTY))
    process.exitCode = await runSsh(connection, words, tty)
  }
}
