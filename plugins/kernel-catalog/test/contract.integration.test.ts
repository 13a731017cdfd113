import { applyPlugin, testDoctor, testHost, testKernelSource, testPlugin } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { extend } from '../src/extend.ts'
import { indexOf, startServer, tarOf } from './catalog/catalog-server.ts'

const server = await startServer()
const tarball = await tarOf({ 'vmlinux': 'the kernel', 'modules/6.12.8/modules.dep': 'a.ko:\n', 'config': 'CONFIG_A=y\n' })
server.routes.set('/index.json', indexOf(tarball))
server.routes.set('/sample.tar', tarball)
const host = testHost({ settings: { 'kernel-catalog': { catalogs: [`${server.url}/index.json`] } }, change: { arch: 'x64' } })
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  host.remove()
})
const plugin = applyPlugin(extend(), host)

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testKernelSource({ source: plugin.kernelSources.require('catalog'), host })

testDoctor({ plugin })
