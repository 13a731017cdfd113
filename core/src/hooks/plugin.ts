import type { Host } from './host.ts'
import type { BangerHooks } from './index.ts'

/** What a plugin's `banger:extend` hook returns. */
export interface BangerPlugin {
  /** The package's name. */
  name: string
  /** The versions of @banger/core it works with (semver range). */
  coreRange: string
  /** Taps the hooks. Called once, in the order of the plugins' names. */
  apply(hooks: BangerHooks, host: Host): void
}

/** The function that a plugin's package.json names under `oclif.hooks["banger:extend"]`. */
export type Extend = () => BangerPlugin | Promise<BangerPlugin>
