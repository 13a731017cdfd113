import type { BangerPlugin } from '@banger/core'
import { distributionSource } from './distribution/source.ts'

const name = '@banger/plugin-kernel-catalog'

/** Adds the kernel sources `distribution` and `catalog`. */
export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      hooks.kernelSources.tap(name, (registry) => {
        registry.add(name, distributionSource(host))
      })
    },
  }
}
