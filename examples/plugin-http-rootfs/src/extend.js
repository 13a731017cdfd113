/** @import { BangerPlugin } from '@banger/core' */
/** @import { Settings } from './settings.js' */
import { settings } from './settings.js'
import { httpRootfs } from './source.js'

const name = 'banger-plugin-http-rootfs'

/**
 * Adds the image source `http-rootfs`.
 * @returns {BangerPlugin<Settings>}
 */
export function extend() {
  return {
    name,
    coreRange: '>=0.1.0 <1',
    settings,
    apply(hooks, host, chosen) {
      hooks.imageSources.tap(name, (registry) => registry.add(name, httpRootfs(host, chosen)))
    },
  }
}
