/** What every plugin and every image source promises, checked by banger's kit. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { applyPlugin, testHost, testImageSource, testPlugin } from '@banger/plugin-testkit'
import { afterAll } from 'vitest'
import { extend } from '../src/extend.js'
import { FileServer } from './file-server.js'
import { sha256, smallTar } from './small-tar.js'

const host = testHost()
const server = new FileServer()
await server.listen()
afterAll(() => {
  server.close()
  host.remove()
})

const tar = smallTar('small')
const gzip = gzipSync(tar)
const zstd = zstdCompressSync(tar)
server.files = {
  '/plain.tar': tar,
  '/plain.tar.sha256': `${sha256(tar)}  plain.tar\n`,
  '/small.tar.gz': gzip,
  '/small.tar.zst': zstd,
  '/damaged.tar': 'not what was expected',
}

testPlugin({ package: new URL('../package.json', import.meta.url) })

testImageSource({
  source: applyPlugin(extend(), host).imageSources.require('http-rootfs'),
  host,
  references: [
    server.url('/plain.tar'),
    `${server.url('/small.tar.gz')}#sha256=${sha256(gzip)}`,
    `${server.url('/small.tar.zst')}#sha256=${sha256(zstd)}`,
  ],
  foreign: ['debian:bookworm', 'docker.io/library/debian:bookworm', '/srv/rootfs.tar'],
  failing: {
    [server.url('/nothing.tar')]: 'image.reference',
    [`${server.url('/nothing.tar')}#sha256=${sha256('')}`]: 'image.reference',
    [`${server.url('/damaged.tar')}#sha256=${sha256('another')}`]: 'image.invalid',
  },
  change: {
    reference: server.url('/plain.tar'),
    by: () => {
      const other = smallTar('other')
      Object.assign(server.files, { '/plain.tar': other, '/plain.tar.sha256': sha256(other) })
    },
  },
})
