import type { Distro, OsRelease } from './distro.ts'
import type { GuestConfig } from './guest-config.ts'
import type { ImageConfig } from './image-source.ts'

export type { FirstBootStep, GuestCommand, GuestConfig, GuestFile, GuestService } from './guest-config.ts'

/** What a provision tap sees. It adds to `guest`. */
export interface ProvisionContext {
  vm: { id: string; name: string }
  image: { name: string; os?: OsRelease; config: ImageConfig; hasInit: boolean }
  distro?: Distro
  guest: GuestConfig
}
