import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyPlugin, testDoctor, testHost, testPlugin, testVmmDriver } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { installStandIn } from '../../../test/firecracker-stand-in/launcher.ts'
import { extend } from '../src/extend.ts'

const bin = mkdtempSync(join(tmpdir(), 'banger-firecracker-'))
const settings = { 'vmm-firecracker': { firecracker_bin: installStandIn(bin) } }
const host = testHost({ settings })
afterAll(() => {
  host.remove()
  rmSync(bin, { recursive: true })
})

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testVmmDriver({ name: 'firecracker', extend: new URL('../src/extend.ts', import.meta.url), settings })

testDoctor({ plugin: applyPlugin(extend(), host) })
