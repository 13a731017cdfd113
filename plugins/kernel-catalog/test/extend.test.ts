import { createHooks, type KernelSource, Registry } from '@banger/core'
import { expect, test } from 'vitest'
import { extend } from '../src/extend.ts'
import { hostIn } from './fake-host.ts'

test('the plugin adds both sources, the catalogs before the distribution', () => {
  const hooks = createHooks()
  const plugin = extend()
  plugin.apply(hooks, hostIn('/nowhere'), [])
  const registry = new Registry<KernelSource>('kernel source', ({ name }) => name)
  hooks.kernelSources.call(registry)
  expect([...registry.values()].map(({ name }) => name)).toEqual(['catalog', 'distribution'])
})
