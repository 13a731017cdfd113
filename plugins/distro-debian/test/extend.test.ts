import { applyPlugin, testHost } from '@banger/plugin-testkit'
import { expect, test } from 'vitest'
import { extend } from '../src/extend.ts'

test('the plugin adds an image source and the facts about its guests', () => {
  using host = testHost()
  const { imageSources, distros } = applyPlugin(extend(), host)
  expect([...imageSources.names(), ...distros.names()]).toEqual(['debian', 'debian'])
})
