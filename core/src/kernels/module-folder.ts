import { copyFile, link, mkdir, readdir, stat, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fail } from '../errors.ts'
import type { Host } from '../hooks/host.ts'

/**
 * Finds a kernel's module folder: `folder` itself, or `<release>` below it.
 * @param release `uname -r` of the kernel
 * @throws kernel.invalid when the modules are another kernel's, or none
 */
export async function findModuleFolder(folder: string, release: string): Promise<string> {
  if (await isModuleFolder(join(folder, release))) return join(folder, release)
  if (await isModuleFolder(folder)) return folder
  const found = await readdir(folder).catch((error: Error) => {
    throw fail('kernel.invalid', { path: folder, reason: `its modules cannot be read (${error.message})` }, error)
  })
  const others = found.length === 0 ? 'nothing' : found.slice(0, 5).join(', ')
  throw fail('kernel.invalid', { path: folder, reason: `it should hold the modules of ${release}, but holds ${others}` })
}

async function isModuleFolder(folder: string): Promise<boolean> {
  const marks = ['modules.dep', 'modules.order', 'modules.builtin', 'kernel']
  return (await Promise.all(marks.map((mark) => exists(join(folder, mark))))).includes(true)
}

/**
 * Makes sure that a module folder has the files which depmod writes: a distribution's package has none before it is
 * installed. The given folder is left as it is; where files are missing, they are made in a copy (of hard links).
 * @param scratch a folder that may be made and filled, on the file system where links work best
 * @returns the folder to read modules from
 * @throws tool.missing when depmod is needed and not installed
 */
export async function indexModules(
  folder: string,
  release: string,
  scratch: string,
  options: { host: Host; signal?: AbortSignal },
): Promise<string> {
  if (await exists(join(folder, 'modules.dep'))) return folder
  const copy = join(scratch, 'lib/modules', release)
  await linkTree(folder, copy)
  // depmod looks below lib or usr/lib, as its distribution built it.
  await mkdir(join(scratch, 'usr'), { recursive: true })
  await symlink('../lib', join(scratch, 'usr/lib'))
  await options.host.run('depmod', ['-b', scratch, release], { signal: options.signal })
  return copy
}

/** Copies a folder without its links; files are hard links where the file system allows. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const item of await readdir(from, { withFileTypes: true })) {
    const source = join(from, item.name)
    const target = join(to, basename(item.name))
    if (item.isDirectory()) await linkTree(source, target)
    if (item.isFile()) await linkOrCopy(source, target)
  }
}

/** A link fails across file systems, and on files of another owner where hard links are protected. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target))
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
