import { open } from 'node:fs/promises'
import { fail } from '../errors.ts'
import type { OsRelease } from '../hooks/distro.ts'
import { Ext4File } from './ext4/ext4-file.ts'
import { ext4Tree } from './ext4/ext4-tree.ts'
import { findInit } from './find-init.ts'
import { identifyFile } from './identify-file.ts'
import { InvalidImage } from './invalid-image.ts'
import { readOsRelease } from './os-release.ts'

export interface InspectedRootfs {
  os?: OsRelease
  /** Path of its init, or '' when it has none. */
  init: string
  /** Bytes of the file. */
  size: number
}

/**
 * Looks into an ext4 file that exists already, without mounting it or running a program.
 * @param path absolute
 * @throws image.invalid naming what the file is instead, or what is wrong with it
 */
export async function inspectRootfs(path: string): Promise<InspectedRootfs> {
  try {
    const { format, name } = await identifyFile(path)
    if (format !== 'ext4') throw new InvalidImage(`it is ${name}, not an ext4 filesystem`)
    return await inspect(path)
  } catch (error) {
    if (error instanceof InvalidImage) throw fail('image.invalid', { path, reason: error.message }, error)
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') throw fail('image.invalid', { path, reason: 'there is no such file' }, error)
    if (code === 'EACCES') throw fail('image.invalid', { path, reason: 'you may not read it' }, error)
    if (code === 'EISDIR') throw fail('image.invalid', { path, reason: 'it is a folder, not an ext4 filesystem' }, error)
    throw error
  }
}

async function inspect(path: string): Promise<InspectedRootfs> {
  const file = await open(path, 'r')
  try {
    const ext4 = await Ext4File.open(file)
    const tree = await ext4Tree(ext4)
    const os = await readOsRelease(tree)
    return { ...(os ? { os } : {}), init: await findInit(tree), size: (await file.stat()).size }
  } finally {
    await file.close()
  }
}
