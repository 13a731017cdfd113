import type { BangerPlugin } from '@banger/core'
import { catalogSource } from './catalog/source.ts'
import { distributionSource } from './distribution/source.ts'

const name = '@banger/plugin-kernel-catalog'

/** Adds the kernel sources `distribution` and `catalog`. */
export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      hooks.kernelSources.tap(name, (registry) => {
        // First, so that of one name a catalog's kernel is taken: catalogs are there because the user wants them.
        registry.add(name, catalogSource(host))
        registry.add(name, distributionSource(host))
      })
    },
  }
}
