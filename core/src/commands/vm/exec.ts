import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { commandFlags, commandOptions } from '../../client/input/command-flags.ts'
import { SessionsClient } from '../../client/session/sessions-client.ts'
import { isInteractive, runExec, startOf } from '../../client/terminal/run-exec.ts'
import { fail } from '../../errors.ts'
import type { StartSession } from '../../protocol/session.ts'
import { GuestProgramCommand } from '../guest-program.ts'

export default class VmExec extends GuestProgramCommand {
  static override description = `Run a command in a running VM.
Its stdin, stdout and stderr are those of this command, untouched and separate, and so is its exit status (128 + n when a signal ended it). Without a shell in between: write -- sh -c '...' for pipes and variables.
With --detach it goes on as a session of a made-up name, which is printed: see banger vm session --help.
When the command could not be run: 127 when there is no such command, 126 when it can't be executed, 125 when banger itself failed.`
  static override usage =
    'vm exec VM [--env KEY=VALUE...] [--env-file FILE...] [--cwd DIR] [--user USER] [--tty | --no-tty | --detach] -- COMMAND...'
  static override examples = [
    '<%= config.bin %> vm exec testbox -- uname -a',
    '<%= config.bin %> vm exec testbox --env CI=1 --cwd /root/repo -- make test',
    '<%= config.bin %> vm exec testbox --env-file .env --env TOKEN -- ./deploy',
    '<%= config.bin %> vm exec testbox --detach -- ./server',
    'tar c . | <%= config.bin %> vm exec testbox -- tar x -C /srv',
  ]
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    ...commandFlags,
    tty: Flags.boolean({
      char: 't',
      description: 'give it a terminal (default: when stdin, stdout and stderr are terminals)',
      allowNo: true,
    }),
    detach: Flags.boolean({ char: 'd', description: 'start it without input and leave it running', exclusive: ['tty'] }),
  }

  async run(): Promise<void> {
    const { own, command } = this.splitArgv()
    const { args, flags } = await this.parse(VmExec, own)
    if (!command?.length)
      throw fail('usage', { reason: `There is no command. Write it behind two hyphens: banger vm exec ${args.vm} -- uname -a` })
    const start = { argv: command, ...commandOptions(flags) }
    if (flags.detach) return this.#detach(args.vm, start)
    const tty = flags.tty ?? isInteractive()
    const connection = await this.client().exec(args.vm, startOf(start, tty))
    process.exitCode = await runExec({ connection, tty, log: this.daemonLog })
  }

  async #detach(vm: string, start: StartSession): Promise<void> {
    const { name } = await new SessionsClient(this.client(), vm).start(start)
    this.log(name)
    this.note(`See its output: banger vm session logs ${vm} ${name}`)
  }
}
