import { expect, test } from 'vitest'
import { readSettings } from '@banger/core'
import { settings } from '../src/config.ts'
import { hostWith } from './host.ts'

const chosen = (table: Record<string, unknown>) => readSettings(hostWith(table), 'auth-sync', settings)

test('all tools are chosen unless the configuration says which', () => {
  expect(chosen({})).toEqual(['opencode', 'claude', 'pi'])
  expect(chosen({ sync: ['pi', 'claude', 'pi'] })).toEqual(['pi', 'claude'])
  expect(chosen({ sync: [] })).toEqual([])
})

test.each([
  [{ sync: ['claud'] }, 'plugins.auth-sync.sync.0: '],
  [{ sync: 'claude' }, 'plugins.auth-sync.sync: '],
  [{ sync: false }, 'plugins.auth-sync.sync: '],
])('%j is refused, and the place is named', (table, place) => {
  expect(() => chosen(table)).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      message: expect.stringContaining(`/config/config.toml is not valid: ${place}`),
    }),
  )
})

test('an unknown key is named, and the one that it resembles', () => {
  expect(() => chosen({ snyc: [] })).toThrow(
    expect.objectContaining({
      code: 'config.unknown-key',
      message: expect.stringContaining('"plugins.auth-sync.snyc"'),
      hint: 'Did you mean "sync"?',
    }),
  )
})
