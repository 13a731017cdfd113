import { InvalidImage, showName } from '../invalid-image.ts'

/** Bytes of one name at most (NAME_MAX of Linux and of ext4). */
const maxName = 255

/**
 * The names of a member's path. Slashes at its ends and `.` count for nothing: an absolute path is taken relative to the root.
 * @throws InvalidImage when it climbs (`..`) or holds what no file can be named
 */
export function splitPath(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  for (const name of names) {
    if (name === '..') throw new InvalidImage(`the path ${showName(path)} climbs out of its folder`)
    if (name.length > maxName) throw new InvalidImage(`the path ${showName(path)} has a name of more than ${maxName} bytes`)
    if (name.includes('\0')) throw new InvalidImage(`the path ${showName(path)} has a NUL in it`)
  }
  return names
}
