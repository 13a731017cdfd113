/** Paths of a workspace: relative, bytes, one character each (latin1). */

/** The folder that a path is in; `.` is the workspace itself. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at < 0 ? '.' : path.slice(0, at)
}

/** All folders that some paths are in, each behind the one that it is in, `.` first. */
export function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set(['.'])
  const add = (folder: string): void => {
    if (folders.has(folder)) return
    add(folderOf(folder))
    folders.add(folder)
  }
  for (const path of paths) add(folderOf(path))
  return folders
}

/** What lies inside of a git folder: the repository it belongs to (`` or `sub/`) and its name there. */
export function insideGit(path: string): { repository: string; name: string } | undefined {
  const match = /^((?:.*?\/)?)\.git\/(.+)$/s.exec(path)
  return match ? { repository: match[1] ?? '', name: match[2] ?? '' } : undefined
}

/** A path as people read it. */
export function readable(path: string): string {
  const text = Buffer.from(path, 'latin1').toString()
  return /[\p{Cc}\p{Cf}�]/u.test(text) ? JSON.stringify(text) : text
}
