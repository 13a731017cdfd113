import type { BangerPlugin } from '@banger/core'
import { createUserNetwork } from './user-network.ts'

const name = '@banger/plugin-network-user'

export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks) {
      hooks.networks.tap(name, (registry) => registry.add(name, createUserNetwork()))
    },
  }
}
