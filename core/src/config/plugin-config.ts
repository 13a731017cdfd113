import { join } from 'node:path'
import type { z } from 'zod'
import { fail } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import { isTopLevel } from './plugin-keys.ts'

/**
 * What the configuration says to a plugin: its table, and the top-level keys that are its own.
 * @param plugin short name: `network-bridge`
 * @throws config.invalid, naming the key
 */
export function pluginConfig<T>(host: Pick<Host, 'config' | 'dirs'>, plugin: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(host.config(plugin))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const [key = '', ...rest] = (issue?.path ?? []).map(String)
  const place = isTopLevel(plugin, key) ? [key, ...rest] : ['plugins', plugin, key, ...rest].filter(Boolean)
  throw fail('config.invalid', {
    file: join(host.dirs.config, 'config.toml'),
    reason: `${place.join('.')}: ${issue?.message ?? 'unknown problem'}`,
  })
}
