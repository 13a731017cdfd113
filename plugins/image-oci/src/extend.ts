import type { BangerPlugin } from '@banger/core'
import { type OciConfig, settings } from './config.ts'
import { archiveSource } from './sources/archive-source.ts'
import { layoutSource } from './sources/layout-source.ts'
import { registrySource } from './sources/registry-source.ts'

const name = '@banger/plugin-image-oci'

/** Adds the image sources `oci` (registries), `oci-layout` and `docker-archive`. */
export function extend(): BangerPlugin<OciConfig> {
  return {
    name,
    coreRange: '^0.1.0',
    settings,
    apply(hooks, host, config) {
      hooks.imageSources.tap(name, (registry) => {
        registry.add(name, registrySource(host, config))
        registry.add(name, layoutSource(host, config))
        registry.add(name, archiveSource(host, config))
      })
    },
  }
}
