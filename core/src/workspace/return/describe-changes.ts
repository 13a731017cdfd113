import type { WorktreeEntry } from '../../guest/worktree-entry.ts'
import type { WorkspaceChange } from '../../protocol/workspace.ts'
import type { Manifest } from '../record/manifest.ts'
import { readable } from '../transfer/paths.ts'

/** What entries of a guest are against what it was left with, by path. */
export function describeChanges(manifest: Manifest, entries: WorktreeEntry[]): WorkspaceChange[] {
  return entries
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, kind }) => ({
      path: readable(path),
      change: kind === 'absent' ? 'removed' : manifest.has(path) ? 'changed' : 'added',
    }))
}
