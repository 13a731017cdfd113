import { createHooks, type Distro, type Host, type ImageSource, Registry } from '@banger/core'
import { expect, test } from 'vitest'
import { extend } from '../src/extend.ts'

test('the plugin adds an image source and the facts about its guests', () => {
  const hooks = createHooks()
  extend().apply(hooks, {} as Host)
  const sources = new Registry<ImageSource>('image source', ({ scheme }) => scheme)
  const distros = new Registry<Distro>('distro', ({ id }) => id)
  hooks.imageSources.call(sources)
  hooks.distros.call(distros)
  expect([...sources.names(), ...distros.names()]).toEqual(['debian', 'debian'])
})
