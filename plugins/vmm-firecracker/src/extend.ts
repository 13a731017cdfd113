import type { BangerPlugin } from '@banger/core'
import { checkFirecracker } from './doctor.ts'
import { createFirecrackerDriver } from './driver.ts'
import { probeFirecracker } from './probe.ts'
import { readSettings } from './settings.ts'

const name = '@banger/plugin-vmm-firecracker'

export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      const settings = readSettings(host)
      const asked = Object.keys(host.config('vmm-firecracker')).length > 0
      hooks.vmms.tap(name, (registry) => registry.add(name, createFirecrackerDriver(host, settings)))
      hooks.doctor.tapPromise(name, async (report) => checkFirecracker(await probeFirecracker(host, settings), asked, report))
    },
  }
}
