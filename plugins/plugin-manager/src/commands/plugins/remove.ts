import PluginsUninstall from './uninstall.ts'

export default class PluginsRemove extends PluginsUninstall {
  static override hidden = true
  static override description = 'The same as plugins uninstall.'
}
