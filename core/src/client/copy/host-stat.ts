import { lstat, realpath, stat } from 'node:fs/promises'
import { fail } from '../../errors.ts'
import type { FileStat } from '../../guest/messages.ts'

/**
 * What a path of this host leads to, through links; a link that leads nowhere is itself. Undefined where nothing is.
 * @throws host.bad-path when it cannot be looked at
 */
export async function hostStat(path: string): Promise<FileStat | undefined> {
  try {
    const found = await stat(path).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)))
    const stats = found ?? (await lstat(path))
    const type = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other'
    return { type, size: stats.size, mode: stats.mode & 0o7777, path: found ? await realpath(path) : path }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw badPath(path, error)
  }
}

/** An error of the host's file system as one of the catalogue. */
export function badPath(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT') return fail('disk.full', { folder: path }, error)
  const words: Record<string, string> = {
    EACCES: 'you may not.',
    EPERM: 'you may not.',
    EROFS: 'the file system is read-only.',
    ENAMETOOLONG: 'a name is too long.',
    ELOOP: 'it is a link that leads to itself.',
  }
  return fail('host.bad-path', { path, reason: words[code] ?? (error instanceof Error ? error.message : String(error)) }, error)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
