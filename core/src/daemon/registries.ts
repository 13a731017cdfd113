import type { Distro } from '../hooks/distro.ts'
import type { Log } from '../hooks/host.ts'
import type { ImageSource } from '../hooks/image-source.ts'
import type { BangerHooks } from '../hooks/index.ts'
import type { KernelSource } from '../hooks/kernel-source.ts'
import type { NetworkDriver } from '../hooks/network.ts'
import { Registry } from '../hooks/registry.ts'
import type { VmmDriver } from '../hooks/vmm.ts'
import { toBangerError } from '../errors.ts'

export interface Registries {
  vmms: Registry<VmmDriver>
  networks: Registry<NetworkDriver>
  imageSources: Registry<ImageSource>
  kernelSources: Registry<KernelSource>
  distros: Registry<Distro>
}

/** Lets every plugin register. A plugin that throws there is reported; the others still get their turn. */
export function fillRegistries(hooks: BangerHooks, log: Log): { registries: Registries; problems: string[] } {
  const registries: Registries = {
    vmms: new Registry('VMM', (driver) => driver.name),
    networks: new Registry('network', (driver) => driver.name),
    imageSources: new Registry('image source', (source) => source.scheme),
    kernelSources: new Registry('kernel source', (source) => source.name),
    distros: new Registry('distro', (distro) => distro.id),
  }
  const problems: string[] = []
  for (const key of ['vmms', 'networks', 'imageSources', 'kernelSources', 'distros'] as const) {
    for (const tap of hooks[key].taps) {
      try {
        tap.fn(registries[key])
      } catch (error) {
        log.error({ plugin: tap.name, hook: key, err: error }, 'a plugin failed while it registered')
        problems.push(`${tap.name}: ${toBangerError(error).message}`)
      }
    }
  }
  return { registries, problems }
}
