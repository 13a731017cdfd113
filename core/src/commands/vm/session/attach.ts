import { boolean } from '@oclif/core/flags'
import { abortOnSignals, signalStatus } from '../../../client/interrupt.ts'
import { attachSession } from '../../../client/session/attach-session.ts'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import { GuestProgramCommand } from '../../guest-program.ts'
import { sessionArgs } from '../../session-args.ts'

export default class VmSessionAttach extends GuestProgramCommand {
  static override description = `Join stdin, stdout and stderr to a session.
One that was started with --stdin-mode pipe. Begins where the last attach ended, and exits with the session's status. The end of stdin is the end of its stdin. Ctrl-C leaves the session, which goes on.
One client at a time; goes on by itself when the daemon is restarted.`
  static override examples = [
    '<%= config.bin %> vm session attach testbox planner',
    '<%= config.bin %> vm session attach testbox import < data.json',
    '<%= config.bin %> vm session attach testbox planner --no-stdin',
  ]
  static override args = sessionArgs
  static override flags = {
    stdin: boolean({ description: 'send stdin to it', allowNo: true, default: true }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(VmSessionAttach)
    using interrupt = abortOnSignals()
    const status = await attachSession({
      sessions: new SessionsClient(this.client(), args.vm),
      session: args.session,
      streams: process,
      input: flags.stdin,
      command: `banger vm session attach ${args.vm} ${args.session}`,
      signal: interrupt.signal,
      log: this.daemonLog,
      note: (text) => this.note(`Note: ${text}`),
    })
    if (status === undefined) this.note(`Left. The session goes on: banger vm session attach ${args.vm} ${args.session}`)
    process.exitCode = status ?? signalStatus(interrupt.received ?? 'SIGPIPE')
  }
}
