import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { applyPlugin, testHost, testImageSource, testPlugin } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { extend } from '../src/extend.ts'
import { openRegistry } from './fake-registry.ts'
import { sampleImage } from './sample-image.ts'
import { writeLayout } from './write-layout.ts'

const image = sampleImage([[{ path: 'a', content: Buffer.alloc(300_000, 'a') }], [{ path: 'b', content: 'b' }]])
const other = sampleImage([[{ path: 'other', content: 'other' }]])
const registry = await openRegistry(image)
const host = testHost()
afterAll(async () => {
  await registry.close()
  host.remove()
})
const { imageSources } = applyPlugin(extend(), host)
const layout = join(host.folder, 'layout')
writeLayout(layout, image)

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testImageSource({
  source: imageSources.require('oci'),
  host,
  references: [`${registry.host}/sample:1`],
  foreign: ['/an/absolute/path'],
  failing: { [`${registry.host}/sample@sha256:${'0'.repeat(64)}`]: 'registry.not-found', 'NOT/A:reference:': 'image.reference' },
})

testImageSource({
  source: imageSources.require('oci-layout'),
  host,
  references: [`${layout}:x`],
  foreign: ['debian:bookworm'],
  failing: { [join(host.folder, 'nowhere')]: 'image.refused' },
  change: {
    reference: `${layout}:x`,
    by: () => {
      rmSync(layout, { recursive: true })
      writeLayout(layout, other)
    },
  },
})
