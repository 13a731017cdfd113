import type { Host } from './host.ts'
import type { BangerHooks } from './index.ts'
import type { SettingsDeclaration } from './settings.ts'

/** What a plugin's `banger:extend` hook returns. `Settings` is what its declared settings are read into; void when it has none. */
export interface BangerPlugin<Settings = void> {
  /** The package's name. */
  name: string
  /** The versions of @banger/core it works with (semver range). */
  coreRange: string
  /** The keys of its table of the configuration, which is checked before `apply` is called. */
  settings?: SettingsDeclaration<Settings>
  /**
   * Taps the hooks. Called once, in the order of the plugins' names. What a plugin taps and registers counts when this has
   * returned, and nothing of it when it throws.
   * @param settings what the declared schema made of the plugin's table; undefined when none is declared
   */
  apply(hooks: BangerHooks, host: Host, settings: Settings): void | Promise<void>
}

/** The function that a plugin's package.json names under `oclif.hooks["banger:extend"]`. */
export type Extend = () => BangerPlugin<unknown> | Promise<BangerPlugin<unknown>>
