import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPlugin, testHost, testKernelSource, testPlugin } from '@banger/plugin-testkit'
import { afterAll, expect, test } from 'vitest'
import { extend } from '../src/extend.js'
import { kernelSource } from '../src/kernel-source.js'

const host = testHost()
afterAll(() => host.remove())
mkdirSync(join(host.dirs.config, 'sample'))
writeFileSync(join(host.dirs.config, 'sample/mine.vmlinux'), 'a kernel')

testPlugin({ package: new URL('../package.json', import.meta.url) })

testKernelSource({ source: applyPlugin(extend(), host).kernelSources.require('sample'), host })

test('where there is no folder, there are no kernels', async () => {
  const live = { signal: new AbortController().signal, progress: () => undefined }
  expect(await kernelSource('/nowhere', 'x64').available(live)).toEqual([])
})
