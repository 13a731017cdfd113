import { z } from 'zod'
import { pluginKeys } from './plugin-keys.ts'

/** The keys of config.toml. docs/configuration.md explains them. */
export const configSchema = z.strictObject({
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Private key that guests let in. Unset: banger makes `<config>/ssh/id_ed25519`. */
  ssh_key_path: z.string().min(1).optional(),
  /** The image that `vm create` uses when none is named. */
  default_image_name: z.string().min(1).optional(),
  /** What runs VMs, and what they are plugged into, unless `vm create` says otherwise: a driver's name, or `auto`. */
  vmm: z.string().min(1).default('auto'),
  network: z.string().min(1).default('auto'),
  /** One table for each plugin, validated by the plugin. */
  plugins: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
})

export type Config = z.infer<typeof configSchema>

export const configKeys = [...Object.keys(configSchema.shape), ...pluginKeys]
