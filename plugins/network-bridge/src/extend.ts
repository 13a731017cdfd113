import type { BangerPlugin } from '@banger/core'
import { createBridgeNetwork } from './driver.ts'
import { readSettings } from './settings.ts'

const name = '@banger/plugin-network-bridge'

export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      const network = createBridgeNetwork(host, readSettings(host))
      hooks.networks.tap(name, (registry) => registry.add(name, network))
      hooks.daemon.tapPromise(name, async ({ onStop }) => onStop(() => network.stop()))
    },
  }
}
