import { join } from 'node:path'
import { fail, type Host } from '@banger/core'
import { z } from 'zod'
import { type Tool, tools } from './credentials.ts'

const schema = z.strictObject({
  /** The tools whose credentials VMs get; none turns it off. */
  sync: z.array(z.enum(tools)).default(tools),
})

/**
 * The tools that `[plugins.auth-sync]` chooses.
 * @throws config.invalid
 */
export function chosenTools(host: Pick<Host, 'config' | 'dirs'>): Tool[] {
  const parsed = schema.safeParse(host.config('auth-sync'))
  if (parsed.success) return [...new Set(parsed.data.sync)]
  const issue = parsed.error.issues[0]
  const where = ['plugins.auth-sync', ...(issue?.path ?? [])].join('.')
  throw fail('config.invalid', { file: join(host.dirs.config, 'config.toml'), reason: `${where}: ${issue?.message}` })
}
