import type { Distro } from '../hooks/distro.ts'
import type { ImageSource } from '../hooks/image-source.ts'
import type { KernelSource } from '../hooks/kernel-source.ts'
import type { NetworkDriver } from '../hooks/network.ts'
import { Registry } from '../hooks/registry.ts'
import type { VmmDriver } from '../hooks/vmm.ts'

export interface Registries {
  vmms: Registry<VmmDriver>
  networks: Registry<NetworkDriver>
  imageSources: Registry<ImageSource>
  kernelSources: Registry<KernelSource>
  distros: Registry<Distro>
}

/** Empty ones, which plugins fill. */
export function createRegistries(): Registries {
  return {
    vmms: new Registry('VMM', (driver) => driver.name),
    networks: new Registry('network', (driver) => driver.name),
    imageSources: new Registry('image source', (source) => source.scheme),
    kernelSources: new Registry('kernel source', (source) => source.name),
    distros: new Registry('distro', (distro) => distro.id),
  }
}
