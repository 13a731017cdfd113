import type { VmmDriver } from '@banger/core'
import { applyPlugin } from '../plugin/apply.ts'
import { importExtend } from '../plugin/import-extend.ts'
import { type TestHost, testHost } from '../test-host.ts'
import type { MachineOptions } from './sample-machine.ts'

/** A VMM driver to check, and what it needs to show itself. */
export interface VmmSubject {
  /** The name that the driver is registered by. */
  name: string
  /** URL of the module with the plugin's `extend`: daemons of their own load it, to be killed. */
  extend: URL
  /** Tables of the configuration, as `testHost` takes them. */
  settings?: Record<string, Record<string, unknown>>
  /** What is to be otherwise about the machines that it starts, which run a guest of a few instructions. */
  machine?: MachineOptions
}

/** The driver as a daemon that starts makes it. The host is the caller's to remove. */
export async function makeDriver({ name, extend, settings }: VmmSubject): Promise<{ driver: VmmDriver; host: TestHost }> {
  const host = testHost(settings ? { settings } : {})
  const plugin = await importExtend(extend.href)
  return { driver: applyPlugin(await plugin(), host).vmms.require(name), host }
}
