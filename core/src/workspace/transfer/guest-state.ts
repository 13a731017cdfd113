import type { AgentWorktree } from '../../guest/agent-worktree.ts'
import { entryOf, type WorktreeEntry } from '../../guest/worktree-entry.ts'
import type { Manifest } from '../record/manifest.ts'
import type { Remembered } from '../record/workspace-record.ts'
import { folderOf, foldersOf, insideGit } from './paths.ts'

/** Folders that every repository has, though empty. */
export const gitFolders = ['objects/pack', 'refs/heads', 'refs/tags']

/** What a guest's workspace has that is otherwise than it was left. */
export interface GuestState {
  /** Files that were left there and are changed or gone. */
  changed: WorktreeEntry[]
  /** Files that were left there and look changed, but hold the same; with their new stamps. */
  touched: WorktreeEntry[]
  /** What is there besides, folders as one. */
  added: WorktreeEntry[]
  /** The same within git folders, where the guest's git works. */
  git: WorktreeEntry[]
}

/** Asks the guest what is otherwise. */
export async function lookAtGuest(
  worktree: AgentWorktree,
  { record, manifest, pending }: Remembered,
  signal: AbortSignal,
): Promise<GuestState> {
  const state: GuestState = { changed: [], touched: [], added: [], git: [] }
  for (const entry of await worktree.changes(record.guestPath, record.hash, knownEntries(manifest), signal)) {
    const row = manifest.get(entry.path)
    // What was being written is ours, whatever it is.
    if (pending.has(entry.path)) continue
    if (insideGit(entry.path)) state.git.push(entry)
    else if (!row) state.added.push(entry)
    else if (isSame(entry, row)) state.touched.push(entry)
    else state.changed.push(entry)
  }
  return state
}

/**
 * Looks closer at what the guest has added where the host has something new: the same with its hash, and what is in
 * added folders.
 * @param paths of the host's files
 */
export async function lookCloser(
  worktree: AgentWorktree,
  { record, manifest }: Remembered,
  state: GuestState,
  paths: string[],
  signal: AbortSignal,
): Promise<GuestState> {
  const added = new Set(state.added.map(({ path }) => path))
  const isUnder = (path: string): boolean => added.has(path) || (path.includes('/') && isUnder(folderOf(path)))
  const suspects = new Set(paths.filter((path) => !manifest.has(path) && isUnder(path)))
  if (suspects.size === 0) return state
  const known = [
    ...[...foldersOf(suspects)].map((folder) => entryOf('folder', folder)),
    ...[...suspects].map((path) => entryOf('file', path)),
  ]
  const found = await worktree.changes(record.guestPath, record.hash, known, signal)
  const closer = found.filter(({ kind, path }) => suspects.has(path) && kind !== 'absent')
  return { ...state, added: [...state.added.filter(({ path }) => !suspects.has(path)), ...closer] }
}

function* knownEntries(manifest: Manifest): Generator<WorktreeEntry> {
  const repositories = new Set([...manifest.keys()].flatMap((path) => insideGit(path)?.repository ?? []))
  const empty = [...repositories].flatMap((name) => gitFolders.map((folder) => `${name}.git/${folder}/`))
  for (const folder of foldersOf([...manifest.keys(), ...empty])) yield entryOf('folder', folder)
  for (const [path, { kind, guest }] of manifest) yield entryOf(kind, path, { stamp: guest })
}

/** Of a mode, git knows whether its owner may execute the file. */
export function isSame(entry: WorktreeEntry, row: { kind: 'file' | 'link'; mode: number; hash: string }): boolean {
  if (entry.kind !== row.kind || entry.hash !== row.hash) return false
  return entry.kind === 'link' || (entry.mode & 0o100) === (row.mode & 0o100)
}
