import { BangerCommand, describeRestart, restartDaemon } from '@banger/core/command'
import type { Manager } from './manager.ts'
import { removeOldSets } from './set/layout.ts'

/** What the commands that change the plugins share. */
export abstract class ManagerCommand extends BangerCommand {
  /** Runs a change with its progress on stderr; Ctrl-C undoes it. */
  protected async change<T>(run: (manager: Manager) => Promise<T>): Promise<T> {
    const host = await this.host()
    const { root: lib, version } = this.config
    return this.operate((options) => run({ host, data: host.dirs.data, lib, version, ...options }))
  }

  /** Lets the daemon, where one runs, take up the change: it starts anew, at once or when nothing is in flight. */
  protected async takeUp(): Promise<void> {
    const restart = await restartDaemon()
    if (restart.state !== 'waiting') await removeOldSets((await this.host()).dirs.data)
    const words = describeRestart(restart)
    if (words) this.note(words)
  }
}
