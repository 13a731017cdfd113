/** @import { BangerPlugin } from '@banger/core' */
import { join } from 'node:path'
import { kernelSource } from './kernel-source.js'

const name = 'banger-plugin-sample'

/**
 * What banger calls when it loads the plugin.
 * @returns {BangerPlugin}
 */
export function extend() {
  return {
    name,
    coreRange: '>=0.1.0 <1',
    apply(hooks, host) {
      const folder = join(host.dirs.config, 'sample')
      hooks.kernelSources.tap(name, (registry) => registry.add(name, kernelSource(folder, host.arch)))
    },
  }
}
