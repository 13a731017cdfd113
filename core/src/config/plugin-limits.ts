/** How long plugins may take, in milliseconds. What takes longer is given up, and named. */
export interface PluginLimits {
  /** To be imported, in `extend` and in `apply`; in a `daemon` hook; in a driver's probe. */
  load: number
  /** In a `doctor` hook. */
  doctor: number
  /** In a `provision` hook, and in what a driver does before the daemon serves. */
  provision: number
}

/** @param patience `plugin_timeout`, milliseconds */
export function pluginLimits(patience: number): PluginLimits {
  return { load: patience, doctor: 2 * patience, provision: 3 * patience }
}
