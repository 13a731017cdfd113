import { applyPlugin, testHost } from '@banger/plugin-testkit'
import { expect, test } from 'vitest'
import { extend } from '../src/extend.ts'

test('the plugin adds both sources, the catalogs before the distribution', () => {
  using host = testHost()
  expect(applyPlugin(extend(), host).kernelSources.names()).toEqual(['catalog', 'distribution'])
})
