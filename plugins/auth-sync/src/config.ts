import type { SettingsDeclaration } from '@banger/core'
import { z } from 'zod'
import { type Tool, tools } from './credentials.ts'

/** `[plugins.auth-sync]`: the tools whose credentials VMs get. */
export const settings: SettingsDeclaration<Tool[]> = {
  schema: z.strictObject({ sync: z.array(z.enum(tools)).default(tools) }).transform(({ sync }) => [...new Set(sync)]),
  summaries: { sync: `The tools whose credentials VMs get: ${tools.join(', ')}; none turns it off.` },
}
