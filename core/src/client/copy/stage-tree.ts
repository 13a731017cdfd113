import { link, lutimes, mkdir, open, symlink } from 'node:fs/promises'
import { fail } from '../../errors.ts'
import { showName } from '../../rootfs/invalid-image.ts'
import type { CopyEntry } from './copy-entry.ts'
import { badPath } from './host-stat.ts'

/** A tree of which every part was made here, so that none of its folders is a link to somewhere else. */
export interface StagedTree {
  /** By path; the top is ''. */
  entries: Map<string, Pick<CopyEntry, 'type' | 'mode' | 'mtime'>>
  /** Bytes of all files. */
  bytes: number
}

/**
 * Makes what comes from a VM below an empty folder that nobody else writes to. The guest decides names, targets and order, so
 * each folder on a path must be one that was made here. Folders stay private and writable; their modes and times come last.
 * @param top absolute path that the copied thing gets there
 * @throws guest.refused, disk.full, host.bad-path
 */
export async function stageTree(
  entries: AsyncIterable<CopyEntry>,
  top: string,
  options: { vm: string; onBytes: (bytes: number) => void; signal: AbortSignal },
): Promise<StagedTree> {
  const staged: StagedTree = { entries: new Map(), bytes: 0 }
  for await (const entry of entries) {
    options.signal.throwIfAborted()
    checkPlace(staged, entry, options.vm)
    const path = stagedPath(top, entry.path)
    await make(entry, path, stagedPath(top, entry.target), async (bytes) => {
      staged.bytes += bytes
      options.onBytes(bytes)
      options.signal.throwIfAborted()
    }).catch((error: unknown) => {
      options.signal.throwIfAborted()
      throw isErrno(error) ? badPath(path.toString(), error) : error
    })
    staged.entries.set(entry.path, { type: entry.type, mode: entry.mode, mtime: entry.mtime })
  }
  return staged
}

export function stagedPath(top: string, path: string): Buffer {
  return path === '' ? Buffer.from(top) : Buffer.concat([Buffer.from(`${top}/`), Buffer.from(path, 'latin1')])
}

function checkPlace({ entries }: StagedTree, { path, type, target }: CopyEntry, vm: string): void {
  const refuse = (reason: string) => fail('guest.refused', { name: vm, reason: `${reason}: ${showName(path)}` })
  if (entries.has(path)) throw refuse('it sent a name twice')
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  if (path !== '' && entries.get(parent)?.type !== 'directory') throw refuse('it sent something whose folder it had not sent')
  if (type === 'hardlink' && entries.get(target)?.type !== 'file')
    throw refuse('it sent a hard link to something that it had not sent')
}

async function make(entry: CopyEntry, path: Buffer, target: Buffer, onBytes: (bytes: number) => Promise<void>): Promise<void> {
  if (entry.type === 'directory') return void (await mkdir(path, { mode: 0o700 }))
  if (entry.type === 'hardlink') return link(target, path)
  const seconds = secondsOf(entry.mtime)
  if (entry.type === 'symlink') {
    await symlink(Buffer.from(entry.target, 'latin1'), path)
    return lutimes(path, seconds, seconds)
  }
  const file = await open(path, 'wx', 0o600)
  try {
    await entry.content(async (piece) => {
      await file.writeFile(piece)
      await onBytes(piece.length)
    })
    await file.utimes(seconds, seconds)
    await file.chmod(entry.mode & 0o777)
  } finally {
    await file.close()
  }
}

/** As Node's utimes takes it. */
export function secondsOf({ seconds, nanoseconds }: CopyEntry['mtime']): number {
  return seconds + nanoseconds / 1e9
}

function isErrno(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
