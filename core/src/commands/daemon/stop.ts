import { stopDaemon } from '../../client/stop-daemon.ts'
import { BangerCommand } from '../base.ts'

export default class DaemonStop extends BangerCommand {
  static override description = 'Stop the daemon.\nVMs keep running, and the next daemon takes them over.'
  static override examples = ['<%= config.bin %> daemon stop']

  async run(): Promise<{ stopped: boolean }> {
    await this.parse(DaemonStop)
    const stopped = await stopDaemon()
    this.log(stopped ? 'The daemon has stopped.' : 'The daemon was not running.')
    return { stopped }
  }
}
