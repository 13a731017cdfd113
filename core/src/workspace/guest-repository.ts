import type { Host } from '../hooks/host.ts'
import { git } from './git/git.ts'
import type { GuestRefs } from './guest-refs.ts'
import type { Shadow } from './metadata/make-shadow.ts'
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

/** Branches of the guest, and HEAD, with commits that are nowhere else. */
export async function unknownCommits(host: Host, shadow: Shadow, record: WorkspaceRecord, guest: GuestRefs): Promise<string[]> {
  const known = new Set([...Object.values(record.refs), ...record.objects.tips, ...record.pulled])
  const places = Object.entries({ ...guest.refs, ...(guest.head?.startsWith('ref: ') ? {} : { HEAD: guest.head ?? '' }) })
  const unknown = places.filter(([, object]) => object !== '' && !known.has(object))
  if (unknown.length === 0) return []
  const input = unknown.map(([, object]) => `${object}\n`).join('')
  const answers = (await git(host, shadow.place, ['cat-file', '--batch-check=%(objectname)'], { input })).split('\n')
  return unknown.filter((_, index) => answers[index]?.endsWith(' missing')).map(([name]) => name.replace(/^refs\/heads\//, ''))
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
