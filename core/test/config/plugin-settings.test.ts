import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readSettings, settingsKeys } from '../../src/config/plugin-settings.ts'
import type { SettingsDeclaration } from '../../src/hooks/settings.ts'
import { hostIn } from '../fakes.ts'

const declaration: SettingsDeclaration<{ size: number; cidr: string }> = {
  schema: z.strictObject({ size: z.number().default(4), cidr: z.string().default('') }),
  summaries: { size: 'How big.', cidr: 'Where.' },
}
const read = (table: Record<string, unknown>, plugin = '@banger/plugin-network-bridge') =>
  readSettings({ ...hostIn('/home'), config: (name) => (name === 'network-bridge' ? table : {}) }, plugin, declaration)

describe("a plugin's settings", () => {
  it("are its table, named after the package, as the plugin's schema reads it", () => {
    expect(read({ size: 5 })).toEqual({ size: 5, cidr: '' })
    expect(read({ size: 5 }, 'banger-plugin-network-bridge')).toEqual({ size: 5, cidr: '' })
    expect(read({ size: 5 }, 'another')).toEqual({ size: 4, cidr: '' })
  })

  it.each([
    [{ size: '5' }, 'plugins.network-bridge.size: '],
    // A key of its own at the top of the file is named as it is written there.
    [{ cidr: 5 }, 'cidr: '],
  ])('that are wrong are named as they are written: %j', (table, place) => {
    const message = expect.stringMatching(new RegExp(`^The configuration in /home/.*config.toml is not valid: ${place}`))
    expect(() => read(table)).toThrow(expect.objectContaining({ code: 'config.invalid', message }))
  })

  it.each([
    ['sise', 'Did you mean "size"?'],
    ['wobble', 'The keys are: cidr, size.'],
  ])('have no key %s', (key, hint) => {
    const message = expect.stringContaining(`"plugins.network-bridge.${key}"`)
    expect(() => read({ [key]: 1 })).toThrow(expect.objectContaining({ code: 'config.unknown-key', message, hint }))
  })

  it('may be checked by a schema of any library that makes Standard Schemas, if it does not take its time', () => {
    const schema = { '~standard': { version: 1, vendor: 'any', validate: () => ({ value: 'read' }) } } as const
    const host = hostIn('/home')
    expect(readSettings(host, 'x', { schema, summaries: {} })).toBe('read')
    const slow = { '~standard': { version: 1, vendor: 'any', validate: async () => ({ value: 'read' }) } } as const
    expect(() => readSettings(host, 'x', { schema: slow, summaries: {} })).toThrow(/must not be asynchronous/)
  })

  it('are listed as the configuration has them', () => {
    expect(settingsKeys('@banger/plugin-network-bridge', declaration)).toEqual(['cidr', 'plugins.network-bridge.size'])
    expect(settingsKeys('x', undefined)).toEqual([])
  })
})
