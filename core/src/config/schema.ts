import { z } from 'zod'
import { parseDuration } from './duration.ts'
import { pluginKeys } from './plugin-keys.ts'

const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text)
  if (milliseconds !== undefined && (milliseconds === 0 || milliseconds >= 1000)) return milliseconds
  context.addIssue(`"${text}" is no span of time. Write it like "10s", "30m" or "1h30m" (1s at least), or "0" for never`)
  return z.NEVER
})

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
  /** Milliseconds, 0 for never: how often guests are asked for their numbers, and how often what VMs take of the host is read. */
  stats_poll_interval: duration.prefault('10s'),
  metrics_poll_interval: duration.prefault('10s'),
  /** Milliseconds, 0 for never: how long nobody may use a VM before it is stopped. */
  auto_stop_stale_after: duration.prefault('0'),
  /** Milliseconds: how long a plugin may take to load, and in some of its hooks (plugin-limits.ts). */
  plugin_timeout: duration.prefault('10s').refine((milliseconds) => milliseconds > 0, 'must be 1s or more'),
  /** One table for each plugin, validated by the plugin. */
  plugins: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
})

export type Config = z.infer<typeof configSchema>

export const configKeys = [...Object.keys(configSchema.shape), ...pluginKeys]
