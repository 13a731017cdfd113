import { copyFile, link, mkdir, readdir, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'

/** What npm and banger write to in place; all other files are replaced when they change. */
const rewritten = new Set(['package.json', 'package-lock.json', '.package-lock.json'])

/** Copies a set of plugins by hard links: as cheap as it is safe, since its files are never written to again. */
export async function copySet(from: string, to: string): Promise<void> {
  for (const file of ['package.json', 'package-lock.json']) await copyFile(join(from, file), join(to, file)).catch(ignoreMissing)
  for (const folder of ['node_modules', 'tarballs']) {
    await mkdir(join(to, folder))
    await linkTree(join(from, folder), join(to, folder)).catch(ignoreMissing)
  }
}

async function linkTree(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      await mkdir(target)
      await linkTree(source, target)
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target)
    } else if (rewritten.has(entry.name)) {
      await copyFile(source, target)
    } else {
      await link(source, target)
    }
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
