import { expect, it } from 'vitest'
import { z } from 'zod'
import { pluginConfig } from '../../src/config/plugin-config.ts'
import { hostIn } from '../fakes.ts'

const schema = z.strictObject({ cidr: z.string().default('here'), isolate: z.boolean().default(false) })
const read = (settings: Record<string, unknown>) =>
  pluginConfig({ ...hostIn('/home'), config: () => settings }, 'network-bridge', schema)

it('gives what is set and the defaults of the rest', () => {
  expect(read({ isolate: true })).toEqual({ cidr: 'here', isolate: true })
})

it('names a wrong setting as it is written in the file: at the top, or in the plugin’s table', () => {
  const file = '/home/.config/banger/config.toml'
  expect(() => read({ cidr: 1 })).toThrow(`The configuration in ${file} is not valid: cidr: `)
  expect(() => read({ isolate: 1 })).toThrow(`The configuration in ${file} is not valid: plugins.network-bridge.isolate: `)
  expect(() => read({ isolated: 1 })).toThrow('plugins.network-bridge: Unrecognized key: "isolated"')
})
