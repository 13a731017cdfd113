import { Args } from '@banger/core/command'
import { ManagerCommand } from '../../manager-command.ts'
import { type Update, updatePlugins } from '../../update.ts'

export default class PluginsUpdate extends ManagerCommand {
  static override description = `Bring plugins to what their sources have now.
The newest version, the folder or the branch as it is. Pinned plugins are left alone. Other contents under the same version are refused. When one fails, none is changed.`
  static override examples = ['<%= config.bin %> plugins update', '<%= config.bin %> plugins update banger-plugin-tarball']
  static override args = {
    plugin: Args.string({ description: 'name of a plugin; all without one', multiple: true, ignoreStdin: true }),
  }

  async run(): Promise<Update[]> {
    const { args } = await this.parse(PluginsUpdate)
    const updates = await this.change((manager) => updatePlugins(manager, [...new Set(args.plugin ?? [])]))
    for (const update of updates) this.log(describe(update))
    if (updates.length === 0) this.note('No plugins are installed.')
    if (updates.some(({ state }) => state === 'updated')) await this.takeUp()
    return updates
  }
}

function describe({ name, state, version, from }: Update): string {
  switch (state) {
    case 'updated':
      return `${name} is updated: ${from ?? 'unknown'} → ${version}.`
    case 'current':
      return `${name} ${version} is what its source has.`
    case 'pinned':
      return `${name} is pinned to ${version} and was left alone. To unpin it, install it without --pin.`
    case 'linked':
      return `${name} is linked: it is used as it lies there.`
  }
}
