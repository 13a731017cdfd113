import { applyPlugin, testDoctor, testHost, testPlugin, testVmmDriver } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { extend } from '../src/extend.ts'

const host = testHost()
afterAll(() => host.remove())

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testVmmDriver({ name: 'qemu', extend: new URL('../src/extend.ts', import.meta.url) })

testDoctor({ plugin: applyPlugin(extend(), host) })
