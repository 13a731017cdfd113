import { Args } from '@banger/core/command'
import { ManagerCommand } from '../../manager-command.ts'
import { uninstallPlugins } from '../../uninstall.ts'

export default class PluginsUninstall extends ManagerCommand {
  static override description =
    'Remove plugins, installed or linked.\nThe folder of a linked plugin stays. Images and VMs that were made with its help stay, too.'
  static override examples = ['<%= config.bin %> plugins uninstall banger-plugin-tarball']
  static override args = {
    plugin: Args.string({
      description: 'name of a plugin, or the folder of a linked one',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  }

  async run(): Promise<{ removed: string[] }> {
    const { args } = await this.parse(PluginsUninstall)
    const removed = await this.change((manager) => uninstallPlugins(manager, [...new Set(args.plugin)]))
    for (const entry of removed) this.log(`${entry.name} is ${entry.type === 'link' ? 'no longer linked' : 'removed'}.`)
    await this.takeUp()
    return { removed: removed.map(({ name }) => name) }
  }
}
