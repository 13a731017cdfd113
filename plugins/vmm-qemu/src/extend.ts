import type { BangerPlugin } from '@banger/core'
import { checkQemu } from './doctor.ts'
import { createQemuDriver } from './driver.ts'

const name = '@banger/plugin-vmm-qemu'

export function extend(): BangerPlugin {
  return {
    name,
    coreRange: '^0.1.0',
    apply(hooks, host) {
      hooks.vmms.tap(name, (registry) => registry.add(name, createQemuDriver(host)))
      hooks.doctor.tapPromise(name, (report) => checkQemu(host, report))
    },
  }
}
