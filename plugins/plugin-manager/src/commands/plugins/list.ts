import Plugins from './index.ts'

export default class PluginsList extends Plugins {
  static override hidden = true
}
