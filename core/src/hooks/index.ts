import { AsyncParallelHook, AsyncSeriesHook, SyncHook } from 'tapable'
import type { DaemonContext } from './daemon.ts'
import type { Distro } from './distro.ts'
import type { DoctorReport } from './doctor.ts'
import type { BangerEvent } from './events.ts'
import type { ImageSource } from './image-source.ts'
import type { KernelSource } from './kernel-source.ts'
import type { NetworkDriver } from './network.ts'
import type { ProvisionContext, ProvisionTapOptions } from './provision.ts'
import type { Registry } from './registry.ts'
import type { VmmDriver } from './vmm.ts'

/** Every seam of banger. Tap with the plugin's package name. */
export interface BangerHooks {
  vmms: SyncHook<[Registry<VmmDriver>]>
  networks: SyncHook<[Registry<NetworkDriver>]>
  imageSources: SyncHook<[Registry<ImageSource>]>
  kernelSources: SyncHook<[Registry<KernelSource>]>
  distros: SyncHook<[Registry<Distro>]>
  /** Before every start: each tap adds to the guest's configuration. One that fails is reported, and the others still count. */
  provision: AsyncSeriesHook<[ProvisionContext], ProvisionTapOptions>
  doctor: AsyncParallelHook<[DoctorReport]>
  daemon: AsyncSeriesHook<[DaemonContext]>
  events: SyncHook<[BangerEvent]>
}

/** Hooks that nobody has tapped: the daemon makes one set, a test makes its own. */
export function createHooks(): BangerHooks {
  return {
    vmms: new SyncHook(['registry'], 'vmms'),
    networks: new SyncHook(['registry'], 'networks'),
    imageSources: new SyncHook(['registry'], 'imageSources'),
    kernelSources: new SyncHook(['registry'], 'kernelSources'),
    distros: new SyncHook(['registry'], 'distros'),
    provision: new AsyncSeriesHook(['context'], 'provision'),
    doctor: new AsyncParallelHook(['report'], 'doctor'),
    daemon: new AsyncSeriesHook(['context'], 'daemon'),
    events: new SyncHook(['event'], 'events'),
  }
}
