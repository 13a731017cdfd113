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
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    throw fail('image.invalid', { path, reason, advice: 'Give an ext4 file, a folder, or a tar of a root filesystem.' }, error)
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof InvalidImage) return error.message
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'you may not read it'
  if (code === 'EISDIR') return 'it is a folder, not an ext4 filesystem'
  return undefined
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
