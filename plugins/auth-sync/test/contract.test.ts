import { applyPlugin, testDoctor, testHost, testPlugin, testProvision } from '@banger/plugin-testkit'
import { afterAll, vi } from 'vitest'
import { extend } from '../src/extend.ts'
import { Home } from './host.ts'

const home = new Home()
vi.stubEnv('HOME', home.path)
home.write('.claude/.credentials.json', 'secret')
const host = testHost()
afterAll(() => {
  host.remove()
  home[Symbol.dispose]()
})
const plugin = applyPlugin(extend(), host)

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testProvision({ plugin, name: '@banger/plugin-auth-sync' })

testDoctor({ plugin })
