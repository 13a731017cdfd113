import { InvalidImage, showName } from '../invalid-image.ts'

/** Bytes of one name at most (NAME_MAX of Linux and of ext4). */
const maxName = 255

/** Bytes of a path at most (PATH_MAX of Linux). */
const maxPath = 4096

/**
 * The names of a member's path, counted from the root. Slashes at its ends and `.` count for nothing.
 * @throws InvalidImage when it climbs (`..`) or holds what no file can be named
 */
export function splitPath(path: string): string[] {
  if (path.length > maxPath) throw new InvalidImage(`the path ${showName(path)} has more than ${maxPath} bytes`)
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  for (const name of names) {
    if (name === '..') throw new InvalidImage(`the path ${showName(path)} climbs out of its folder`)
    if (name.length > maxName) throw new InvalidImage(`the path ${showName(path)} has a name of more than ${maxName} bytes`)
    if (name.includes('\0')) throw new InvalidImage(`the path ${showName(path)} has a NUL in it`)
  }
  return names
}

/**
 * @param what the sentence's beginning, where the path is not a member's own
 * @throws InvalidImage when the path counts from a root
 */
export function refuseAbsolute(path: string, what = 'it has the path'): void {
  if (!path.startsWith('/')) return
  throw new InvalidImage(
    `${what} ${showName(path)}, which is absolute`,
    'Make a tar of your own without -P (--absolute-names). For a container image that you trust, allow such paths: docs/oci-import.md',
  )
}
