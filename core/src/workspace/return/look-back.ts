import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Progress } from '../../hooks/progress.ts'
import type { WorkspaceContext } from '../context.ts'
import { type GitPlace, isolated } from '../git/git.ts'
import { type GuestRefs, readGuestRefs } from '../guest-refs.ts'
import { lookAtRepositories, unknownCommits } from '../guest-repository.ts'
import { openWorkspace } from '../open-workspace.ts'
import type { RecordFiles, Remembered } from '../record/workspace-record.ts'
import { findChanges, type GuestChanges } from './find-changes.ts'

/** What a guest has done in a workspace. */
export interface GuestSide extends GuestChanges {
  files: RecordFiles
  remembered: Remembered
  /** The content store, with the host's objects behind it: for reading. */
  place: GitPlace
  /** Undefined when no reference was moved. */
  refs: GuestRefs | undefined
  /** Branches, or HEAD, with commits that are not on the host. */
  commits: { name: string; commit: string }[]
}

export interface Live {
  signal: AbortSignal
  progress: Progress
}

/**
 * Runs something with what a guest has done in a workspace since it was prepared, or pulled from.
 * @throws workspace.none, workspace.too-much, workspace.changing
 */
export async function lookBack<T>(
  context: WorkspaceContext,
  guestPath: string,
  { signal, progress }: Live,
  use: (guest: GuestSide) => Promise<T>,
): Promise<T> {
  const { host, agent } = context
  const { files, remembered } = await openWorkspace(context, guestPath)
  const { record, manifest } = remembered
  await rm(files.stage, { recursive: true, force: true })
  await mkdir(files.stage, { recursive: true, mode: 0o700 })
  progress({ id: 'workspace.look', message: `Looking at ${guestPath} of ${context.vm}`, state: 'running' })
  try {
    const receiver = { context, record, objects: join(files.store, 'objects'), stage: files.stage, signal }
    const changes = await findChanges(receiver, remembered, files)
    const place = isolated(files.store, { objects: record.objectStores })
    const moved = lookAtRepositories(changes.state, manifest).moved
    const refs = moved ? await readGuestRefs(agent.worktree, guestPath, record.hash, signal) : undefined
    const commits = refs ? await unknownCommits(host, place, record, refs) : []
    progress({ id: 'workspace.look', message: `Looked at ${guestPath} of ${context.vm}`, state: 'done' })
    return await use({ ...changes, files, remembered, place, refs, commits })
  } finally {
    await rm(files.stage, { recursive: true, force: true })
  }
}
