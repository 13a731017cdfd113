import type { BangerHooks } from '../../hooks/index.ts'
import type { PluginAdditions } from '../../protocol/model.ts'
import type { Registries } from '../registries.ts'

/** What a plugin has added, as `/v1/info` tells it. */
export function additionsOf(
  plugin: string,
  settings: string[],
  { hooks, registries }: { hooks: BangerHooks; registries: Registries },
): PluginAdditions {
  const names = (registry: Registries[keyof Registries]) =>
    registry
      .owners()
      .filter((entry) => entry.plugin === plugin)
      .map(({ name }) => name)
  return {
    vmms: names(registries.vmms),
    networks: names(registries.networks),
    imageSources: names(registries.imageSources),
    kernelSources: names(registries.kernelSources),
    distros: names(registries.distros),
    hooks: (['daemon', 'doctor', 'events', 'provision'] as const).filter((key) =>
      hooks[key].taps.some((tap) => tap.name === plugin),
    ),
    settings,
  }
}

export const noAdditions: PluginAdditions = {
  vmms: [],
  networks: [],
  imageSources: [],
  kernelSources: [],
  distros: [],
  hooks: [],
  settings: [],
}
