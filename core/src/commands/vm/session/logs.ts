import * as Flags from '@oclif/core/flags'
import { printOutput } from '../../../client/session/print-output.ts'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import { resolvePaths } from '../../../store/paths.ts'
import { BangerCommand } from '../../base.ts'
import { sessionArgs } from '../../session-args.ts'

export default class VmSessionLogs extends BangerCommand {
  static override enableJsonFlag = false
  static override description = `Print what a session wrote.
Stdout and stderr in the order in which it came. The newest 32 MiB are kept. Reading along takes nothing from an attached client.`
  static override examples = [
    '<%= config.bin %> vm session logs testbox planner',
    '<%= config.bin %> vm session logs testbox planner --stream stderr --follow',
  ]
  static override args = sessionArgs
  static override flags = {
    stream: Flags.string({ description: 'print only this one', options: ['stdout', 'stderr'] }),
    follow: Flags.boolean({ char: 'f', description: 'go on printing as it comes, until Ctrl-C or the session ends' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VmSessionLogs)
    await printOutput({
      sessions: new SessionsClient(this.client(), args.vm),
      session: args.session,
      follow: Boolean(flags.follow),
      ...(flags.stream ? { stream: flags.stream as 'stdout' | 'stderr' } : {}),
      output: process.stdout,
      log: resolvePaths(process.env).daemonLog,
      note: (text) => this.note(`Note: ${text}`),
    })
  }
}
