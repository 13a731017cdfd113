/** @import { BangerPlugin } from '@banger/core' */
import { readSettings } from './settings.js'
import { httpRootfs } from './source.js'

const name = 'banger-plugin-http-rootfs'

/**
 * Adds the image source `http-rootfs`.
 * @returns {BangerPlugin}
 */
export function extend() {
  return {
    name,
    coreRange: '>=0.1.0 <1',
    apply(hooks, host) {
      const settings = readSettings(host)
      hooks.imageSources.tap(name, (registry) => registry.add(name, httpRootfs(host, settings)))
    },
  }
}
