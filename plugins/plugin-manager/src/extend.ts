import type { BangerPlugin } from '@banger/core'
import { checkIntegrity } from './doctor.ts'

const name = '@banger/plugin-manager'

/** What it adds to the daemon: doctor looks whether installed plugins are what was installed. */
export const extend = (): BangerPlugin => ({
  name,
  coreRange: '^0.1.0',
  apply(hooks, host) {
    hooks.doctor.tapPromise(name, (report) => checkIntegrity(report, host.dirs.data))
  },
})
