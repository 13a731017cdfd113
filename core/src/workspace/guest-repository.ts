import type { Host } from '../hooks/host.ts'
import { git, type GitPlace } from './git/git.ts'
import type { GuestRefs } from './guest-refs.ts'
import type { Manifest } from './record/manifest.ts'
import type { WorkspaceRecord } from './record/workspace-record.ts'
import type { GuestState } from './transfer/guest-state.ts'
import { insideGit } from './transfer/paths.ts'

/** What the guest's git has done to the repositories of a workspace. */
export interface RepositoryState {
  /** Whether HEAD or a reference is otherwise. */
  moved: boolean
  /** Whether the objects that were sent lie as they were sent. */
  intact: boolean
  /** Paths of references that are otherwise in a repository within; bytes, one character each (latin1). */
  inner: string[]
}

export function lookAtRepositories(state: GuestState, manifest: Manifest): RepositoryState {
  const result: RepositoryState = { moved: false, intact: true, inner: [] }
  for (const { path } of state.git) {
    const { repository = '', name = '' } = insideGit(path) ?? {}
    if (name.startsWith('objects/pack/') && manifest.has(path)) result.intact = false
    if (!isReference(name)) continue
    if (repository === '') result.moved = true
    else result.inner.push(path)
  }
  return result
}

/**
 * Branches of the guest, and HEAD where it is on none, with commits that are not on the host.
 * @param place where git finds the host's objects
 */
export async function unknownCommits(
  host: Host,
  place: GitPlace,
  record: WorkspaceRecord,
  guest: GuestRefs,
): Promise<{ name: string; commit: string }[]> {
  const known = new Set([...Object.values(record.refs), ...record.objects.tips, ...record.pulled])
  const branches = Object.entries(guest.refs).filter(([name]) => name.startsWith('refs/heads/'))
  const detached = guest.head && !guest.head.startsWith('ref: ') ? [['HEAD', guest.head] as const] : []
  const unknown = [...branches, ...detached].filter(([, object]) => !known.has(object))
  if (unknown.length === 0) return []
  const input = unknown.map(([, object]) => `${object}\n`).join('')
  const answers = (await git(host, place, ['cat-file', '--batch-check=%(objectname)'], { input })).split('\n')
  return unknown.filter((_, index) => answers[index]?.endsWith(' missing')).map(([name, commit]) => ({ name, commit }))
}

/** The manifest without those files of git folders that must be sent again, whatever the host's have become. */
export function settleRepositories(manifest: Manifest, state: GuestState, repositories: RepositoryState): Manifest {
  const settled = new Map(manifest)
  for (const { path, kind } of state.git) {
    const { name = '' } = insideGit(path) ?? {}
    // Other files, such as the configuration, stay as the guest has made them until they change on the host.
    if (name === 'index' || isReference(name) || name.startsWith('objects/pack/') || kind === 'absent') settled.delete(path)
  }
  if (repositories.moved) for (const name of ['HEAD', 'packed-refs']) settled.delete(`.git/${name}`)
  return settled
}

function isReference(name: string): boolean {
  return name === 'HEAD' || name === 'packed-refs' || name.startsWith('refs/')
}

/** `main` of `refs/heads/main`. */
export function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '')
}
