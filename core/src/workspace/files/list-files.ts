import { accessSync, constants, lstatSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fail } from '../../errors.ts'
import { type HostFile, sourceOf, statFile } from './host-file.ts'

/** Files looked at before others get their turn. */
const batch = 500

/**
 * Those of some paths that are files or links of a folder now. What lies behind a link is none of the folder's.
 * @param paths relative to the folder; bytes, one character each (latin1)
 * @param prefix of where they are to be
 * @param elsewhere another folder for some paths
 * @throws workspace.unreadable
 */
export async function listFiles(
  folder: string,
  paths: Iterable<string>,
  options: { prefix?: string; elsewhere?: { folder: string; paths: Set<string> } } = {},
): Promise<HostFile[]> {
  const { prefix = '', elsewhere } = options
  const isReal = realFolders(folder)
  const files: HostFile[] = []
  let looked = 0
  for (const path of paths) {
    if (++looked % batch === 0) await nextTurn()
    const other = elsewhere?.paths.has(path) ? elsewhere.folder : undefined
    if (!other && !isReal(path.slice(0, Math.max(path.lastIndexOf('/'), 0)))) continue
    const file = statFile(prefix + path, sourceOf(other ?? folder, path))
    if (!file) continue
    checkReadable(file)
    files.push(file)
  }
  return files
}

/** Tells folders from links to folders, each looked at once. */
function realFolders(top: string): (folder: string) => boolean {
  const known = new Map<string, boolean>([['', true]])
  const isReal = (folder: string): boolean => {
    const before = known.get(folder)
    if (before !== undefined) return before
    const parent = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))
    const real = isReal(parent) && (lstatSync(sourceOf(top, folder), { throwIfNoEntry: false })?.isDirectory() ?? false)
    known.set(folder, real)
    return real
  }
  return isReal
}

/** Its mode tells nearly always. */
function checkReadable(file: HostFile): void {
  if (file.kind === 'link' || file.mode & 0o004) return
  try {
    accessSync(file.source, constants.R_OK)
  } catch (error) {
    throw fail('workspace.unreadable', { path: file.source.toString() }, error)
  }
}
