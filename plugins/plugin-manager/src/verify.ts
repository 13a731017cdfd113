import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import type { InstalledEntry } from './set/manifest.ts'
import { tarballOf } from './set/tarballs.ts'

/**
 * Whether a plugin is still what was installed: its tarball has the digest that was recorded, and its files are the tarball's.
 * @param set the set of plugins, or the data folder
 * @returns what is not, in words; none when all is as it was, undefined when nothing was recorded
 */
export async function verifyPlugin(set: string, { name, integrity }: InstalledEntry): Promise<string[] | undefined> {
  const tarball = await tarballOf(set, name)
  if (!integrity || !tarball) return undefined
  try {
    if ((await integrityOf(tarball)) !== integrity) return [`its tarball is not the one that was installed (${tarball})`]
    return await compareFiles(tarball, join(set, 'node_modules', name))
  } catch (error) {
    return [`it cannot be read: ${error instanceof Error ? error.message : String(error)}`]
  }
}

async function integrityOf(file: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  return `sha512-${hash.digest('base64')}`
}

async function compareFiles(tarball: string, root: string): Promise<string[]> {
  const entries = extract()
  const wrong: string[] = []
  const compare = async (): Promise<void> => {
    for await (const entry of entries) {
      const path = entry.header.name.replace(/^[^/]+\//, '')
      const packed = await buffer(entry)
      if (entry.header.type !== 'file') continue
      const there = await readFile(join(root, path)).catch(() => undefined)
      if (!there) wrong.push(`${path} is missing`)
      else if (!there.equals(packed)) wrong.push(`${path} was changed`)
    }
  }
  await Promise.all([pipeline(createReadStream(tarball), createGunzip(), entries), compare()])
  return wrong
}
