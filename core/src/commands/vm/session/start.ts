import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { commandFlags, commandOptions } from '../../../client/input/command-flags.ts'
import { describeSession } from '../../../client/output/session.ts'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import { fail } from '../../../errors.ts'
import type { Session, StdinMode } from '../../../protocol/session.ts'
import { BangerCommand } from '../../base.ts'

export default class VmSessionStart extends BangerCommand {
  static override description = `Start a command in a running VM that goes on when you leave.
Its output and exit status are kept in the VM until the session is deleted. With --stdin-mode pipe you can attach to it.
Nothing is started unless the folder, the command and every --require-command are there.`
  static override usage =
    'vm session start VM [--name NAME] [--cwd DIR] [--stdin-mode detached|pipe] [--require-command NAME...] [--env KEY=VALUE...] [--env-file FILE...] [--user USER] [--json] -- COMMAND...'
  static override examples = [
    '<%= config.bin %> vm session start testbox --name build --cwd /root/repo -- make',
    '<%= config.bin %> vm session start testbox --stdin-mode pipe -- pi --mode rpc',
  ]
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    name: Flags.string({ description: 'name to know it by (default: one is made up)' }),
    ...commandFlags,
    'stdin-mode': Flags.string({
      description: 'detached: no input; pipe: what an attached client sends',
      options: ['detached', 'pipe'],
      default: 'detached',
    }),
    'require-command': Flags.string({
      description: 'further command that must be in PATH there',
      multiple: true,
      multipleNonGreedy: true,
    }),
  }

  async run(): Promise<Session> {
    const { own, command } = this.splitArgv()
    const { args, flags } = await this.parse(VmSessionStart, own)
    if (!command?.length)
      throw fail('usage', {
        reason: `There is no command. Write it behind two hyphens: banger vm session start ${args.vm} -- make test`,
      })
    const session = await new SessionsClient(this.client(), args.vm).start({
      argv: command,
      ...commandOptions(flags),
      stdinMode: flags['stdin-mode'] as StdinMode,
      requireCommands: flags['require-command'] ?? [],
      ...(flags.name === undefined ? {} : { name: flags.name }),
    })
    this.log(describeSession(session))
    const next = session.stdinMode === 'pipe' ? 'Attach to it' : 'See its output'
    const verb = session.stdinMode === 'pipe' ? 'attach' : 'logs'
    this.note(`${next}: banger vm session ${verb} ${session.vm} ${session.name}`)
    return session
  }
}
