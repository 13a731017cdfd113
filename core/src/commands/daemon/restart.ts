import { describeRestart, type Restart, restartDaemon } from '../../client/restart-daemon.ts'
import { BangerCommand } from '../base.ts'

export default class DaemonRestart extends BangerCommand {
  static override description =
    'Start the daemon anew, to take up plugins and settings.\nVMs and sessions keep running. A daemon that is in the middle of something for somebody does it by itself when that has ended.'
  static override examples = ['<%= config.bin %> daemon restart']

  async run(): Promise<Restart> {
    await this.parse(DaemonRestart)
    const restart = await restartDaemon()
    this.log(describeRestart(restart) ?? 'The daemon was not running. It starts by itself with the next command that needs it.')
    return restart
  }
}
