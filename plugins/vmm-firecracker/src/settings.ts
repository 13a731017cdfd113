import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Host, SettingsDeclaration } from '@banger/core'
import { z } from 'zod'

const rate = z.number().positive().optional()

const schema = z.strictObject({
  firecracker_bin: z.string().min(1).default('firecracker'),
  jailer: z.boolean().default(false),
  jailer_bin: z.string().min(1).default('jailer'),
  balloon_mib: z.int().positive().optional(),
  disk_mib_per_second: rate,
  disk_ops_per_second: rate,
  network_mib_per_second: rate,
})

/** What the user configured, docs/firecracker.md explains it. */
export interface Settings {
  /** Absolute path, or a name to look for in PATH. */
  firecracker: string
  /** The same of the jailer, which is used when it is given. */
  jailer?: string
  /** MiB that the balloon takes from the guest at its start. */
  balloon?: number
  /** For each drive: bytes and operations a second. */
  disk: { bandwidth?: number; ops?: number }
  /** For each direction: bytes a second. */
  network: { bandwidth?: number }
}

export type Configured = z.infer<typeof schema>

/** `firecracker_bin`, and the table `[plugins.vmm-firecracker]`. */
export const settings: SettingsDeclaration<Configured> = {
  schema,
  summaries: {
    firecracker_bin: "Firecracker's program: a path, or a name to look for in PATH.",
    jailer: 'Whether VMs run in the jailer.',
    jailer_bin: "The jailer's program: a path, or a name to look for in PATH.",
    balloon_mib: 'MiB that the balloon takes from a guest at its start.',
    disk_mib_per_second: 'MiB a second that each disk may read and write.',
    disk_ops_per_second: 'Operations a second of each disk.',
    network_mib_per_second: 'MiB a second in each direction.',
  },
}

/** Paths count from the folder of the configuration. */
export function toSettings(config: Configured, host: Pick<Host, 'dirs'>): Settings {
  const program = (name: string): string =>
    name.includes('/') ? resolve(host.dirs.config, name.replace(/^~(?=\/)/, homedir())) : name
  const bytes = (mib: number | undefined): { bandwidth?: number } => (mib ? { bandwidth: Math.round(mib * 2 ** 20) } : {})
  return {
    firecracker: program(config.firecracker_bin),
    ...(config.jailer ? { jailer: program(config.jailer_bin) } : {}),
    ...(config.balloon_mib ? { balloon: config.balloon_mib } : {}),
    disk: { ...bytes(config.disk_mib_per_second), ...(config.disk_ops_per_second ? { ops: config.disk_ops_per_second } : {}) },
    network: bytes(config.network_mib_per_second),
  }
}
