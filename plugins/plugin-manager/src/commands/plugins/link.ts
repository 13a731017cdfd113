import { Args } from '@banger/core/command'
import { linkPlugin } from '../../link.ts'
import { ManagerCommand } from '../../manager-command.ts'
import type { LinkedEntry } from '../../set/manifest.ts'

export default class PluginsLink extends ManagerCommand {
  static override description = `Use a plugin where it lies, while you work on it.
Build it and install its dependencies first. A change to its files is taken up when the daemon starts anew: banger daemon restart`
  static override examples = ['<%= config.bin %> plugins link', '<%= config.bin %> plugins link ./my-plugin']
  static override args = { folder: Args.string({ description: 'folder of the plugin', default: '.', ignoreStdin: true }) }

  async run(): Promise<LinkedEntry> {
    const { args } = await this.parse(PluginsLink)
    const entry = await this.change((manager) => linkPlugin(manager, args.folder))
    this.log(`${entry.name} is linked to ${entry.root}.`)
    await this.takeUp()
    return entry
  }
}
