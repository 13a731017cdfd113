import type { Distro, OsRelease } from './distro.ts'
import type { GuestConfig } from './guest-config.ts'
import type { ImageConfig } from './image-source.ts'

export type { FirstBootStep, GuestCommand, GuestConfig, GuestFile, GuestService } from './guest-config.ts'

/** How a provision tap may be tapped: `hooks.provision.tapPromise({ name, required: true }, …)`. */
export interface ProvisionTapOptions {
  /** Whether the VM must not start when the tap fails. Otherwise it starts without what the tap adds, and with a warning. */
  required?: boolean
}

/** What a provision tap sees. It adds to `guest`, which counts once the tap is done. */
export interface ProvisionContext {
  vm: { id: string; name: string }
  image: { name: string; os?: OsRelease; config: ImageConfig; hasInit: boolean }
  distro?: Distro
  guest: GuestConfig
  /** Adds to the VM's warnings (`vm show`): what could not be done without keeping the VM from working. No secrets. */
  warn(message: string): void
}
