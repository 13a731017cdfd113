import { rm } from 'node:fs/promises'
import type { Host } from '@banger/core'
import { lowerBridge, raiseBridge } from './bridge.ts'
import { isForwarding, stopForwarding } from './forwarding.ts'
import { readLinks } from './links.ts'
import { keepService, type Service } from './service-client.ts'
import type { Settings } from './settings.ts'
import { createTapPool, type TapPool } from './tap-pool.ts'
import { toolsFor } from './tools.ts'

/** A bridge with all that belongs to it, as it is while it is there. */
export interface RaisedBridge {
  settings: Settings
  pool: TapPool
  service: Service
  /** Whether nobody removed it. */
  isThere(): Promise<boolean>
  /**
   * Makes it, or what is missing of it: somebody may have flushed all nftables rules, or removed an interface.
   * @param used the taps that VMs have
   * @param beforeForwarding called before the host's forwarding is turned on, if it is off
   */
  raise(used: Set<string>, beforeForwarding: () => Promise<void>): Promise<void>
  /** Removes all of it. @param forwarding whether to turn the host's forwarding off, too */
  lower(forwarding: boolean): Promise<void>
}

/** @param onServiceLost called when the service has ended by itself */
export function bridgeFor(host: Host, settings: Settings, onServiceLost: () => void = () => {}): RaisedBridge {
  const tools = toolsFor(host, settings)
  const pool = createTapPool(tools)
  const service = keepService(host, settings, onServiceLost)
  return {
    settings,
    pool,
    service,

    isThere: async () => (await readLinks(host)).some((link) => link.name === settings.bridge),

    async raise(used, beforeForwarding) {
      await raiseBridge(tools)
      if (!(await isForwarding(tools))) {
        await beforeForwarding()
        await tools.run(tools.commands.setForwarding(true))
      }
      await pool.restore(used)
    },

    async lower(forwarding) {
      await pool.close()
      await service.stop()
      await lowerBridge(tools)
      if (forwarding) await stopForwarding(tools)
      await rm(service.log, { force: true })
    },
  }
}
