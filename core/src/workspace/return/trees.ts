import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import type { WorktreeEntry } from '../../guest/worktree-entry.ts'
import { git, isolated } from '../git/git.ts'
import type { Manifest } from '../record/manifest.ts'
import { insideGit } from '../transfer/paths.ts'

/** A file or link as git has it in a tree. */
export interface TreeFile {
  kind: 'file' | 'link'
  mode: number
  hash: string
}

/**
 * Makes git trees of what the guest was left with, and of what it has now.
 * @param store git folder that they are written to
 * @param stage folder for what is thrown away afterwards
 * @returns names of the trees
 */
export async function makeTrees(
  host: Host,
  store: string,
  manifest: Manifest,
  entries: WorktreeEntry[],
  hash: 'sha1' | 'sha256',
  stage: string,
): Promise<{ before: string; after: string }> {
  await mkdir(stage, { recursive: true })
  const index = join(stage, 'trees-index')
  const files = [...manifest].filter(([path]) => !insideGit(path))
  const before = await writeTree(
    host,
    store,
    index,
    files.map(([path, row]) => indexLine(path, row, hash)),
  )
  const lines = entries.map((entry) => indexLine(entry.path, fileOf(entry), hash))
  return { before, after: await writeTree(host, store, index, lines) }
}

/** What an entry says of a file; undefined where there is none. */
export function fileOf({ kind, mode, hash }: WorktreeEntry): TreeFile | undefined {
  return kind === 'file' || kind === 'link' ? { kind, mode: mode & 0o777, hash } : undefined
}

/** Changes an index and makes a tree of it, whose contents may lie elsewhere. */
export async function writeTree(host: Host, store: string, index: string, lines: string[]): Promise<string> {
  const place = isolated(store, { index })
  await git(host, place, ['update-index', '-z', '--index-info'], { input: lines.join('') })
  return (await git(host, place, ['write-tree', '--missing-ok'])).trim()
}

/** For `git update-index -z --index-info`; without a file the path is removed. */
export function indexLine(path: string, file: TreeFile | undefined, hash: 'sha1' | 'sha256'): string {
  if (!file) return `0 ${'0'.repeat(hash === 'sha1' ? 40 : 64)}\t${path}\0`
  const mode = file.kind === 'link' ? '120000' : file.mode & 0o100 ? '100755' : '100644'
  return `${mode} ${file.hash}\t${path}\0`
}
