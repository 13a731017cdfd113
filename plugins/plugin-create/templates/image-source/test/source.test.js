import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPlugin, testHost, testImageSource, testPlugin } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { extend } from '../src/extend.js'

const host = testHost()
afterAll(() => host.remove())

const tar = join(host.folder, 'small.tar')
pack('ID=small\n')

/** @param {string} release */
function pack(release) {
  mkdirSync(join(host.folder, 'small/etc'), { recursive: true })
  writeFileSync(join(host.folder, 'small/etc/os-release'), release)
  execFileSync('tar', ['--create', `--file=${tar}`, `--directory=${join(host.folder, 'small')}`, '.'])
}

testPlugin({ package: new URL('../package.json', import.meta.url) })

testImageSource({
  source: applyPlugin(extend(), host).imageSources.require('sample'),
  host,
  references: [tar],
  foreign: ['debian:bookworm', tar],
  failing: { '/nowhere.tar': 'image.reference' },
  change: { reference: tar, by: () => pack('ID=other\n') },
})
