import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { applyPlugin, testHost, testImageSource, testPlugin } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { extend } from '../src/extend.ts'

const host = testHost()
afterAll(() => host.remove())

const at = (name: string) => join(host.folder, name)
mkdirSync(at('tree/etc'), { recursive: true })
writeFileSync(at('tree/etc/os-release'), 'ID=mine\n')
const tar = execFileSync('tar', ['--create', '--file=-', `--directory=${at('tree')}`, '.'])
writeFileSync(at('plain.tar'), tar)
writeFileSync(at('packed.tar.gz'), gzipSync(tar))
writeFileSync(at('strange'), 'neither this nor that')

testPlugin({
  package: new URL('../package.json', import.meta.url),
  extend: new URL('../src/extend.ts', import.meta.url),
})

testImageSource({
  source: applyPlugin(extend(), host).imageSources.require('file'),
  host,
  references: [at('plain.tar'), at('packed.tar.gz'), at('tree')],
  unstable: [at('tree')],
  foreign: ['debian:bookworm', 'alpine'],
  failing: { [at('nowhere')]: 'image.invalid', [at('strange')]: 'image.invalid' },
  change: {
    reference: at('plain.tar'),
    by: () => {
      writeFileSync(at('tree/etc/more'), 'more')
      execFileSync('tar', ['--create', `--file=${at('plain.tar')}`, `--directory=${at('tree')}`, '.'])
    },
  },
})
