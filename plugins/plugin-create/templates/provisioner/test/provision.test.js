import { applyPlugin, testHost, testPlugin, testProvision } from '@banger/plugin-testkit'
import { afterAll, expect, test } from 'vitest'
import { extend } from '../src/extend.js'
import { welcome } from '../src/welcome.js'

const host = testHost()
afterAll(() => host.remove())

testPlugin({ package: new URL('../package.json', import.meta.url) })

testProvision({ plugin: applyPlugin(extend(), host), name: 'banger-plugin-sample' })

test('a VM is welcomed by its name', () => {
  expect(atob(welcome('box').content)).toBe('Welcome to box.\n')
})
