/** @import { BangerPlugin } from '@banger/core' */
import { fedora } from './fedora.js'

const name = 'banger-plugin-distro-fedora'

/**
 * What banger must know about guests of the Fedora family.
 * @returns {BangerPlugin}
 */
export function extend() {
  return {
    name,
    coreRange: '>=0.1.0 <1',
    apply(hooks) {
      hooks.distros.tap(name, (registry) => registry.add(name, fedora))
    },
  }
}
