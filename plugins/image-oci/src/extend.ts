import type { BangerPlugin } from '@banger/core'
import { archiveSource } from './sources/archive-source.ts'
import { layoutSource } from './sources/layout-source.ts'
import { registrySource } from './sources/registry-source.ts'

const name = '@banger/plugin-image-oci'

/** Adds the image sources `oci` (registries), `oci-layout` and `docker-archive`. */
export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      hooks.imageSources.tap(name, (registry) => {
        registry.add(name, registrySource(host))
        registry.add(name, layoutSource(host))
        registry.add(name, archiveSource(host))
      })
    },
  }
}
