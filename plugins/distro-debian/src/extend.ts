import type { BangerPlugin } from '@banger/core'
import { awaitLock } from './await-lock.ts'
import { checkBootstrap } from './doctor.ts'
import { debianGuest } from './guest.ts'
import { debianSource } from './source.ts'

const name = '@banger/plugin-distro-debian'

/** Debian images by `debian:<suite>`, and what banger must know about Debian-family guests. */
export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      hooks.imageSources.tap(name, (registry) => registry.add(name, debianSource(host)))
      hooks.distros.tap(name, (registry) => registry.add(name, debianGuest))
      hooks.provision.tap(name, (context) => awaitLock(context, { name, id: debianGuest.id }))
      hooks.doctor.tapPromise(name, (report) => checkBootstrap(host, report))
    },
  }
}
