import type { BangerPlugin } from '@banger/core'
import { checkBridge } from './doctor.ts'
import { createBridgeNetwork } from './driver.ts'
import { type Settings, settings } from './settings.ts'

const name = '@banger/plugin-network-bridge'

export function extend(): BangerPlugin<Settings> {
  return {
    name,
    coreRange: '^0.1.0',
    settings,
    apply(hooks, host, wanted) {
      const network = createBridgeNetwork(host, wanted)
      hooks.networks.tap(name, (registry) => registry.add(name, network))
      hooks.doctor.tapPromise(name, (report) => checkBridge(host, wanted, report))
      hooks.daemon.tapPromise(name, async ({ onStop }) => onStop(() => network.stop()))
    },
  }
}
