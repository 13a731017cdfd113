import {
  type BangerHooks,
  type BangerPlugin,
  createHooks,
  type Distro,
  type Host,
  type ImageSource,
  type KernelSource,
  type NetworkDriver,
  readSettings,
  Registry,
  type VmmDriver,
} from '@banger/core'

/** A plugin's taps, and what it registered. */
export interface AppliedPlugin {
  hooks: BangerHooks
  vmms: Registry<VmmDriver>
  networks: Registry<NetworkDriver>
  imageSources: Registry<ImageSource>
  kernelSources: Registry<KernelSource>
  distros: Registry<Distro>
}

/** Does with a plugin what the daemon does: reads its settings, has it tap fresh hooks, and asks for all it registers. */
export function applyPlugin(plugin: BangerPlugin<unknown>, host: Host): AppliedPlugin {
  const hooks = createHooks()
  const settings = plugin.settings && readSettings(host, plugin.name, plugin.settings)
  void plugin.apply(hooks, host, settings)
  const byName = (value: { name: string }) => value.name
  const applied = {
    vmms: new Registry<VmmDriver>('VMM', byName),
    networks: new Registry<NetworkDriver>('network', byName),
    imageSources: new Registry<ImageSource>('image source', ({ scheme }) => scheme),
    kernelSources: new Registry<KernelSource>('kernel source', byName),
    distros: new Registry<Distro>('distro', ({ id }) => id),
  }
  hooks.vmms.call(applied.vmms)
  hooks.networks.call(applied.networks)
  hooks.imageSources.call(applied.imageSources)
  hooks.kernelSources.call(applied.kernelSources)
  hooks.distros.call(applied.distros)
  return { hooks, ...applied }
}
