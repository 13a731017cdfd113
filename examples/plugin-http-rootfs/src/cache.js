/** @import { Progress } from '@banger/core' */
/** @import { Settings } from './settings.js' */
import { randomUUID } from 'node:crypto'
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '@banger/core'
import { download } from './download.js'

/** Tarballs as they were downloaded, each under its checksum: what is in the folder under such a name is whole and right. */
export class Cache {
  /** @param {string} folder absolute; made when something is put into it */
  constructor(folder) {
    this.folder = folder
  }

  /** @returns {Promise<string[]>} absolute paths of all that is there, also what an earlier daemon left unfinished */
  async files() {
    const names = await readdir(this.folder).catch(() => [])
    return names.map((name) => join(this.folder, name))
  }

  /**
   * The tarball with this checksum, downloaded unless it is there.
   * @param {URL} url
   * @param {string} sha256
   * @param {{ settings: Settings, signal: AbortSignal, progress: Progress }} options
   * @returns {Promise<string>} absolute path
   * @throws image.invalid when the server has something else, and as `request`; nothing is left behind then
   */
  async fetch(url, sha256, options) {
    const path = join(this.folder, sha256)
    if (await exists(path)) return path
    await mkdir(this.folder, { recursive: true })
    const unfinished = `${path}.${randomUUID()}`
    try {
      const found = await download(url, unfinished, options)
      if (found !== sha256) {
        const advice = 'Nothing was kept. Take the checksum from whoever made the tarball, or try again.'
        throw fail('image.invalid', { path: url.href, reason: `its sha256 is ${found} and should be ${sha256}`, advice })
      }
      await rename(unfinished, path)
      return path
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }
}

/** @param {string} path */
async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  )
}
