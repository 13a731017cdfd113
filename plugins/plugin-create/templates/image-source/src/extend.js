/** @import { BangerPlugin } from '@banger/core' */
import { source } from './source.js'

const name = 'banger-plugin-sample'

/**
 * What banger calls when it loads the plugin.
 * @returns {BangerPlugin}
 */
export function extend() {
  return {
    name,
    coreRange: '>=0.1.0 <1',
    apply(hooks) {
      hooks.imageSources.tap(name, (registry) => registry.add(name, source))
    },
  }
}
