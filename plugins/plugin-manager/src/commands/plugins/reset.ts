import { canAsk, confirm, fail, Flags } from '@banger/core/command'
import { ManagerCommand } from '../../manager-command.ts'
import { resetPlugins } from '../../uninstall.ts'

export default class PluginsReset extends ManagerCommand {
  static override description = 'Remove all plugins that were installed or linked.\nThose that are a part of banger stay.'
  static override examples = ['<%= config.bin %> plugins reset', '<%= config.bin %> plugins reset --yes']
  static override flags = { yes: Flags.boolean({ char: 'y', description: 'do not ask' }) }

  async run(): Promise<{ removed: string[] }> {
    const { flags } = await this.parse(PluginsReset)
    if (!flags.yes && !(await this.#mayRemove())) {
      this.note('Nothing was removed.')
      return { removed: [] }
    }
    const removed = (await this.change((manager) => resetPlugins(manager))).map(({ name }) => name)
    this.log(removed.length > 0 ? `Removed: ${removed.join(', ')}` : 'There are no plugins but those of banger.')
    await this.takeUp()
    return { removed }
  }

  /** @throws usage when nobody can be asked */
  async #mayRemove(): Promise<boolean> {
    if (this.jsonEnabled() || !canAsk())
      throw fail('usage', { reason: 'This removes all plugins that you added, and nobody can be asked here: add --yes.' })
    return confirm('Remove all plugins that you installed or linked?')
  }
}
