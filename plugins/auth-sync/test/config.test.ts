import { expect, test } from 'vitest'
import { chosenTools } from '../src/config.ts'
import { hostWith } from './host.ts'

test('all tools are chosen unless the configuration says which', () => {
  expect(chosenTools(hostWith({}))).toEqual(['opencode', 'claude', 'pi'])
  expect(chosenTools(hostWith({ sync: ['pi', 'claude', 'pi'] }))).toEqual(['pi', 'claude'])
  expect(chosenTools(hostWith({ sync: [] }))).toEqual([])
})

test.each([
  [{ sync: ['claud'] }, 'plugins.auth-sync.sync.0: '],
  [{ sync: 'claude' }, 'plugins.auth-sync.sync: '],
  [{ sync: false }, 'plugins.auth-sync.sync: '],
  [{ snyc: [] }, 'plugins.auth-sync: Unrecognized key: "snyc"'],
])('%j is refused, and the place is named', (table, place) => {
  expect(() => chosenTools(hostWith(table))).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      message: expect.stringContaining(`/config/config.toml is not valid: ${place}`),
    }),
  )
})
