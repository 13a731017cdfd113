import type { DaemonInfo } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class DaemonStart extends BangerCommand {
  static override description = 'Start the daemon, if it does not run.\nEvery command that needs it does so by itself.'
  static override examples = ['<%= config.bin %> daemon start']

  async run(): Promise<DaemonInfo> {
    await this.parse(DaemonStart)
    const info = await this.client().info()
    this.log(`The daemon runs (pid ${info.pid}).`)
    return info
  }
}
