import type { BangerPlugin } from '@banger/core'
import { fileSource } from './source.ts'

const name = '@banger/plugin-image-manual'

/** Adds the image source `file`: root filesystems that lie on this machine. */
export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      hooks.imageSources.tap(name, (registry) => registry.add(name, fileSource(host)))
    },
  }
}
