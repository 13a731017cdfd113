import { createWriteStream, type BigIntStats } from 'node:fs'
import { chmod, lstat, mkdir, rename, rm, rmdir, symlink, unlink } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sourceOf, statFile } from '../files/host-file.ts'
import { hashHostFile } from '../files/read-file.ts'
import { looseBlob } from '../git/stored-blob.ts'
import { folderOf } from '../transfer/paths.ts'
import type { TreeFile } from './trees.ts'

export interface Applier {
  /** The checkout's folder. */
  top: string
  hash: 'sha1' | 'sha256'
  /** Object folder that has the contents. */
  objects: string
  /** Folder on the checkout's filesystem for files that are not whole yet. */
  staging: string
}

export interface FileChange {
  /** Bytes, one character each (latin1). */
  path: string
  /** As the guest was left with it; undefined where there was none. */
  before: TreeFile | undefined
  /** As the guest has it now. */
  after: TreeFile | undefined
}

/**
 * Makes a file of the checkout what the guest has made of it, if it is still what the guest was left with. A file is
 * replaced by a rename; no link is followed.
 * @returns `applied`; `agreed` when it is so already; `conflict` when it is otherwise, and nothing was done
 */
export async function applyFile(applier: Applier, change: FileChange): Promise<'applied' | 'agreed' | 'conflict'> {
  const { path, before, after } = change
  const found = await look(applier, path)
  if (found === 'blocked') return after ? 'conflict' : 'agreed'
  if (isSame(found, after)) return 'agreed'
  if (!isSame(found, before)) return 'conflict'
  if (!after) await remove(applier, path)
  else await write(applier, path, found, after)
  return 'applied'
}

function isSame(a: TreeFile | undefined, b: TreeFile | undefined): boolean {
  if (!a || !b) return a === b
  return a.kind === b.kind && a.hash === b.hash && (a.kind === 'link' || (a.mode & 0o100) === (b.mode & 0o100))
}

/** What is there: a file or link, nothing, or something else on the way or in its place. */
async function look({ top, hash }: Applier, path: string): Promise<TreeFile | undefined | 'blocked'> {
  for (let folder = folderOf(path); folder !== '.'; folder = folderOf(folder)) {
    const stats = await lstatOf(top, folder)
    if (stats && !stats.isDirectory()) return 'blocked'
  }
  const stats = await lstatOf(top, path)
  if (!stats) return undefined
  const file = statFile(path, sourceOf(top, path))
  const hashed = file && (await hashHostFile(file, hash))
  return hashed ? { kind: hashed.file.kind, mode: hashed.file.mode, hash: hashed.hash } : 'blocked'
}

async function lstatOf(top: string, path: string): Promise<BigIntStats | undefined> {
  return lstat(sourceOf(top, path), { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
    return undefined
  })
}

/** And the folders that hold nothing then. */
async function remove({ top }: Applier, path: string): Promise<void> {
  await unlink(sourceOf(top, path))
  for (let folder = folderOf(path); folder !== '.'; folder = folderOf(folder)) {
    const removed = await rmdir(sourceOf(top, folder)).then(
      () => true,
      () => false,
    )
    if (!removed) return
  }
}

async function write(applier: Applier, path: string, found: TreeFile | undefined, after: TreeFile): Promise<void> {
  const { top, objects, staging } = applier
  const target = sourceOf(top, path)
  if (found?.kind === 'file' && after.kind === 'file' && found.hash === after.hash) {
    await chmod(target, modeOf(found.mode, after.mode))
    return
  }
  if (folderOf(path) !== '.') await mkdir(sourceOf(top, folderOf(path)), { recursive: true })
  const part = join(staging, randomBytes(8).toString('hex'))
  try {
    if (after.kind === 'link') await symlink(await readAll(objects, after.hash), part)
    else {
      await pipeline(
        Readable.from(looseBlob(objects, after.hash)),
        createWriteStream(part, { mode: after.mode & 0o100 ? 0o777 : 0o666, flush: true }),
      )
      if (found?.kind === 'file') await chmod(part, modeOf(found.mode, after.mode))
    }
    await rename(part, target)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Who may read the file may execute it, or nobody, as git does it. */
function modeOf(mode: number, like: number): number {
  return like & 0o100 ? mode | ((mode & 0o444) >> 2) : mode & ~0o111
}

async function readAll(objects: string, hash: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of looseBlob(objects, hash)) pieces.push(piece)
  return Buffer.concat(pieces)
}
