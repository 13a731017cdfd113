import { readdir } from 'node:fs/promises'
import { sourceOf } from './host-file.ts'

/**
 * Paths of all files and links in a folder and those within, relative to it; bytes, one character each (latin1).
 */
export async function listFolder(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(sourceOf(folder, prefix), { withFileTypes: true, encoding: 'buffer' })
  const lists = entries.map((entry) => {
    const path = prefix + entry.name.toString('latin1')
    return entry.isDirectory() ? listFolder(folder, `${path}/`) : [path]
  })
  return (await Promise.all(lists)).flat()
}
