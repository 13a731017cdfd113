import { fail } from '../errors.ts'
import type { WorkspaceContext } from './context.ts'
import { readGuestRefs } from './guest-refs.ts'
import { branchName, type RepositoryState, unknownCommits } from './guest-repository.ts'
import type { GuestWork } from './guest-work.ts'
import type { Source } from './metadata/read-source.ts'
import type { WorkspaceRecord } from './record/workspace-record.ts'
import { readable } from './transfer/paths.ts'

/** Names in an error at most. */
const named = 10

/**
 * Refuses to write over what the guest has done, unless that is wanted.
 * @returns files of the guest's own references, which would count more than those that are sent
 * @throws workspace.guest-work
 */
export async function refuseLoss(
  { host, agent, vm }: WorkspaceContext,
  what: { source: Source; record: WorkspaceRecord; work: GuestWork; repositories: RepositoryState; overwrite: boolean },
  signal: AbortSignal,
): Promise<string[]> {
  const { source, record, work, repositories, overwrite } = what
  const guest = repositories.moved ? await readGuestRefs(agent.worktree, record.guestPath, record.hash, signal) : undefined
  const commits = guest ? await unknownCommits(host, source.shadow.place, record, guest) : []
  const lost = [
    ...work.entries.map(({ path }) => readable(path)),
    ...repositories.inner.map(readable),
    ...commits.map(({ name }) => `commits of ${readable(branchName(name))}`),
  ]
  if (lost.length > 0 && !overwrite) {
    const more = lost.length > named ? ` and ${lost.length - named} more` : ''
    throw fail('workspace.guest-work', { vm, folder: record.guestPath, files: `${lost.slice(0, named).join(', ')}${more}` })
  }
  const ours = new Set(Object.keys(source.history.refs))
  return (guest?.loose ?? []).filter((name) => ours.has(name)).map((name) => `.git/${name}`)
}
