import type { BangerPlugin } from '@banger/core'
import { checkFirecracker } from './doctor.ts'
import { createFirecrackerDriver } from './driver.ts'
import { probeFirecracker } from './probe.ts'
import { type Configured, settings, toSettings } from './settings.ts'

const name = '@banger/plugin-vmm-firecracker'

export function extend(): BangerPlugin<Configured> {
  return {
    name,
    coreRange: '^0.1.0',
    settings,
    apply(hooks, host, configured) {
      const wanted = toSettings(configured, host)
      const asked = Object.keys(host.config('vmm-firecracker')).length > 0
      hooks.vmms.tap(name, (registry) => registry.add(name, createFirecrackerDriver(host, wanted)))
      hooks.doctor.tapPromise(name, async (report) => checkFirecracker(await probeFirecracker(host, wanted), asked, report))
    },
  }
}
