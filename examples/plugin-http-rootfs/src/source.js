/** @import { Host, ImageSource } from '@banger/core' */
/** @import { Settings } from './settings.js' */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, identifyFile } from '@banger/core'
import { Cache } from './cache.js'
import { fetchChecksum } from './checksum.js'
import { isTarball, readTarball } from './read-tarball.js'
import { parseReference } from './reference.js'

/**
 * Root filesystems from tarballs on web servers. What comes is checked against a sha256, kept in the cache under it, and never
 * downloaded twice.
 * @param {Host} host
 * @param {Settings} settings
 * @returns {ImageSource}
 */
export function httpRootfs(host, settings) {
  const cache = new Cache(join(host.dirs.cache, 'http-rootfs'))
  return {
    scheme: 'http-rootfs',
    summary: 'http-rootfs:<URL of a tarball>[#sha256=<checksum>], else with its checksum beside it in <URL>.sha256',
    cachedFiles: () => cache.files(),
    async resolve(ref, { named, signal, progress }) {
      const reference = parseReference(ref, { settings, named })
      if (!reference) return undefined
      const { url, name } = reference
      const sha256 = reference.sha256 ?? (await fetchChecksum(url, { settings, signal }))
      const path = await cache.fetch(url, sha256, { settings, signal, progress })
      const { format, name: kind } = await identifyFile(path)
      if (!isTarball(format)) {
        await rm(path)
        throw fail('image.invalid', {
          path: url.href,
          reason: `it is ${kind}`,
          advice: 'A tar is needed: plain, gzip, zstd or xz.',
        })
      }
      return {
        digest: `sha256:${sha256}`,
        ref: `http-rootfs:${url.href}#sha256=${sha256}`,
        name,
        config: {},
        cached: [path],
        async *layers({ signal: reading }) {
          yield readTarball(host, path, { format, signal: reading, url })
        },
      }
    },
  }
}
