import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What e2fsprogs sees in an image, by path; names are latin1. */
export interface Seen {
  inode: number
  /** Type and permissions. */
  mode: number
  uid: number
  gid: number
  /** Of files; 0 for the rest. */
  size: number
  /** Contents of files. */
  content?: string
}

/** Debian keeps e2fsprogs where an ordinary user's PATH does not lead. */
export const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** e2fsck's complaints, '' when there are none. */
export function e2fsck(image: string): string {
  const { status, stdout, stderr } = spawnSync('e2fsck', ['-fn', image], { encoding: 'utf8', env })
  return status === 0 ? '' : `${stdout}\n${stderr}`
}

/** Walks the whole tree with debugfs, one call for each level. */
export function listImage(image: string): Map<string, Seen> {
  const seen = new Map<string, Seen>()
  const scratch = mkdtempSync(join(tmpdir(), 'banger-debugfs-'))
  try {
    let level: [path: string, inode: number][] = [['', 2]]
    while (level.length > 0) level = listLevel(image, level, seen)
    const files = [...seen.values()].filter(({ mode }) => (mode & 0o170000) === 0o100000)
    debugfs(
      image,
      files.map(({ inode }) => `dump <${inode}> ${scratch}/${inode}`),
    )
    for (const file of files) file.content = readFileSync(join(scratch, String(file.inode)), 'latin1')
    return seen
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** Output of debugfs commands, without its prompts. */
export function debugfs(image: string, commands: string[]): string {
  const output = execFileSync('debugfs', ['-f', '-', image], {
    input: `${commands.join('\n')}\n`,
    encoding: 'latin1',
    env,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return output
}

/** `ls -p` prints `/inode/mode/uid/gid/name/size/`. */
function listLevel(image: string, folders: [string, number][], seen: Map<string, Seen>): [string, number][] {
  const below: [string, number][] = []
  const output = debugfs(
    image,
    folders.map(([, inode]) => `ls -p <${inode}>`),
  )
  let folder = -1
  for (const line of output.split('\n')) {
    if (line.startsWith('debugfs: ls ')) folder++
    const match = /^\/(\d+)\/(\d+)\/(\d+)\/(\d+)\/([^/]+)\/(\d*)\/$/.exec(line)
    if (!match || match[5] === '.' || match[5] === '..') continue
    const [, inode, mode, uid, gid, name, size] = match
    const path = `${folders[folder]?.[0] ?? ''}/${name}`
    const entry = {
      inode: Number(inode),
      mode: Number.parseInt(mode ?? '', 8),
      uid: Number(uid),
      gid: Number(gid),
      size: Number(size),
    }
    seen.set(path, entry)
    if ((entry.mode & 0o170000) === 0o040000) below.push([path, entry.inode])
  }
  return below
}
