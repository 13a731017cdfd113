import type { BangerPlugin } from '@banger/core'
import { catalogAddress, settings } from './catalog/config.ts'
import { catalogSource } from './catalog/source.ts'
import { distributionSource } from './distribution/source.ts'
import { checkCatalogs } from './doctor.ts'

const name = '@banger/plugin-kernel-catalog'

/** Adds the kernel sources `distribution` and `catalog`, and a check of the catalogs. */
export function extend(): BangerPlugin<string[]> {
  return {
    name,
    coreRange: '^0.1.0',
    settings,
    apply(hooks, host, places) {
      const catalogs = places.map((place) => catalogAddress(place, host))
      hooks.kernelSources.tap(name, (registry) => {
        // First, so that of one name a catalog's kernel is taken: catalogs are there because the user wants them.
        registry.add(name, catalogSource(host, catalogs))
        registry.add(name, distributionSource(host))
      })
      hooks.doctor.tapPromise(name, (report) => checkCatalogs(host, catalogs, report))
    },
  }
}
