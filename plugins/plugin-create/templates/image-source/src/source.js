/** @import { ImageSource } from '@banger/core' */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fail } from '@banger/core'

/**
 * `sample:/srv/rootfs.tar`: the root filesystem in an uncompressed tar.
 * @type {ImageSource}
 */
export const source = {
  scheme: 'sample',
  summary: 'sample:<absolute path of an uncompressed tar of a root filesystem>',
  async resolve(path, { named }) {
    // a reference without a scheme may be any source's
    if (!named) return undefined
    const found = await stat(path).catch(() => undefined)
    if (!found?.isFile()) {
      throw fail('image.reference', { ref: `sample:${path}`, reason: 'there is no such file', advice: 'Give the path of a tar.' })
    }
    return {
      // same digest, same root filesystem
      digest: `sample:${path}:${found.size}:${found.mtimeMs}`,
      name: basename(path, '.tar').toLowerCase(),
      config: {},
      async *layers() {
        yield createReadStream(path)
      },
    }
  },
}
