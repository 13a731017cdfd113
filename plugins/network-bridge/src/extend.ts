import type { BangerPlugin } from '@banger/core'
import { checkBridge } from './doctor.ts'
import { createBridgeNetwork } from './driver.ts'
import { readSettings } from './settings.ts'

const name = '@banger/plugin-network-bridge'

export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      const settings = readSettings(host)
      const network = createBridgeNetwork(host, settings)
      hooks.networks.tap(name, (registry) => registry.add(name, network))
      hooks.doctor.tapPromise(name, (report) => checkBridge(host, settings, report))
      hooks.daemon.tapPromise(name, async ({ onStop }) => onStop(() => network.stop()))
    },
  }
}
