import { constants } from 'node:fs'
import { lstat, open, rename } from 'node:fs/promises'
import { fail } from '../../errors.ts'
import { showName } from '../../rootfs/invalid-image.ts'
import { badPath } from './host-stat.ts'
import { secondsOf, stagedPath, type StagedTree } from './stage-tree.ts'

/**
 * Moves a staged tree to its place. Folders that are on both sides are merged, files and links that are there are replaced.
 * Nothing is moved when a folder would have to replace a file, a file a folder, or anything go through a link.
 * @param options.intoFolder whether `to` is a folder that only takes what the tree holds, and stays as it is
 * @throws copy.refused, host.bad-path
 */
export async function mergeTree(staged: StagedTree, from: string, to: string, options: { intoFolder: boolean }): Promise<void> {
  for (const path of await listMoves(staged, to)) {
    await rename(stagedPath(from, path), stagedPath(to, path)).catch((error: unknown) => {
      throw badPath(stagedPath(to, path).toString(), error)
    })
  }
  await finishFolders(staged, to, options.intoFolder)
}

/** What is moved: files, and folders that are new, with all they hold. */
async function listMoves({ entries }: StagedTree, to: string): Promise<string[]> {
  const moves: string[] = []
  const shared = new Set<string>()
  for (const [path, { type }] of entries) {
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    if (path !== '' && !shared.has(parent)) continue
    const there = await kindOf(stagedPath(to, path))
    if (there === 'folder' && type === 'directory') shared.add(path)
    else if (there === 'nothing' || (there === 'file' && type !== 'directory')) moves.push(path)
    else throw inTheWay(stagedPath(to, path).toString('latin1'), there)
  }
  return moves
}

async function kindOf(path: Buffer): Promise<'nothing' | 'folder' | 'file'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'nothing'
    throw badPath(path.toString(), error)
  }
}

function inTheWay(path: string, kind: 'folder' | 'file') {
  return fail('copy.refused', {
    reason:
      kind === 'folder'
        ? `${showName(path)} is a folder, and a file would have to replace it.`
        : `${showName(path)} is a file or a link, and a folder would have to replace it.`,
    advice: 'Nothing was changed. Remove or rename it first, or copy to another name.',
  })
}

/** Gives folders the modes and times they came with, those inside first. Set-id bits of a guest's mean nothing here. */
async function finishFolders({ entries }: StagedTree, to: string, exceptTop: boolean): Promise<void> {
  const folders = [...entries].filter(([path, { type }]) => type === 'directory' && !(exceptTop && path === ''))
  for (const [path, { mode, mtime }] of folders.reverse()) {
    const folder = await open(stagedPath(to, path), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    try {
      await folder.chmod(mode & 0o777)
      await folder.utimes(secondsOf(mtime), secondsOf(mtime))
    } finally {
      await folder.close()
    }
  }
}
