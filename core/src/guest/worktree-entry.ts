/** The entries in which a worktree is sent, compared and read back. docs/guest-channel.md has the format. */

/** What an entry is about; `absent` written removes what is there, `pruned` a folder if it is empty. */
export type EntryKind = 'file' | 'link' | 'folder' | 'other' | 'absent' | 'pruned'

export interface WorktreeEntry {
  kind: EntryKind
  /** The twelve mode bits of stat(2). */
  mode: number
  /** Nanoseconds since 1970. */
  modified: bigint
  /** Bytes that follow: of the file, or of the path that a link leads to. */
  size: number
  /** The guest's word for a state of a file, only to be compared; `unknown` never matches. */
  stamp: string
  /** Name of the git blob with that content, or `unknown`. */
  hash: string
  /** Relative to the worktree; bytes, one character each (latin1). The worktree itself is `.`. */
  path: string
}

export const unknown = '-'

const letters: Record<EntryKind, string> = { file: 'f', link: 'l', folder: 'd', other: 'o', absent: 'x', pruned: 'p' }
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter, kind as EntryKind]))

/** An entry of which only some things are of interest. */
export function entryOf(kind: EntryKind, path: string, rest: Partial<WorktreeEntry> = {}): WorktreeEntry {
  return { kind, mode: 0, modified: 0n, size: 0, stamp: unknown, hash: unknown, path, ...rest }
}

/** The entry's head; its content, if any, is to follow. */
export function encodeEntry({ kind, mode, modified, size, stamp, hash, path }: WorktreeEntry): string {
  return `${letters[kind]} ${mode.toString(8)} ${modified} ${size} ${stamp} ${hash} ${path}\0`
}

/**
 * @param head latin1, without the zero byte at its end
 * @throws RangeError when it is none, or its path could lead out of the worktree
 */
export function decodeEntry(head: string): WorktreeEntry {
  const match = /^(\w) ([0-7]{1,4}) (-?\d{1,19}) (\d{1,16}) (\S+) (\S+) (.+)$/s.exec(head)
  const kind = kinds.get(match?.[1] ?? '')
  if (!match || !kind) throw new RangeError('not the head of a worktree entry')
  const [, , mode, modified, size, stamp = unknown, hash = unknown, path = ''] = match
  if (!isInside(path) && !(kind === 'folder' && path === '.')) throw new RangeError('a path that leads out of the worktree')
  return {
    kind,
    mode: Number.parseInt(mode ?? '', 8),
    modified: BigInt(modified ?? ''),
    size: Number(size),
    stamp,
    hash,
    path,
  }
}

/** Whether a relative path stays where it begins: no empty names, no `.` and no `..`, no zero byte. */
function isInside(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..')
}
