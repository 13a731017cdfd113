import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../errors.ts'
import type { WorktreeEntry } from '../guest/worktree-entry.ts'
import type { PulledWorkspace } from '../protocol/workspace.ts'
import type { Checkout } from './checkout/find-checkout.ts'
import type { WorkspaceContext } from './context.ts'
import { asUser, git } from './git/git.ts'
import { branchName } from './guest-repository.ts'
import type { Manifest } from './record/manifest.ts'
import { endWriting } from './record/workspace-record.ts'
import { applyFile, type FileChange } from './return/apply-file.ts'
import { describeChanges } from './return/describe-changes.ts'
import { fetchCommits, type GuestCommit } from './return/fetch-commits.ts'
import { committedChanges, type GuestHead, guestHead } from './return/guest-head.ts'
import { installObjects, setReference } from './return/install-objects.ts'
import { type GuestSide, type Live, lookBack } from './return/look-back.ts'
import { saveConflicts } from './return/save-conflicts.ts'
import { fileOf } from './return/trees.ts'
import { readable } from './transfer/paths.ts'

export interface PullRequest {
  guestPath: string
  /** Branch to make of where the guest's HEAD stands. */
  branch?: string
  /** Folder on the checkout's filesystem for files that are not whole yet; removed afterwards. */
  staging: string
}

/**
 * Brings what a guest has done in a workspace to the checkout that it was prepared from. Commits become references. What is
 * not committed goes into the working tree, file by file: one that is otherwise on both sides is left alone here, and the
 * guest's version kept under a reference. Interrupted at any point, the repository is whole and so is every file.
 * @param checkout that of the workspace's record
 * @throws workspace.none, workspace.branch before anything is changed; workspace.too-much, workspace.changing
 */
export function pullWorkspace(
  context: WorkspaceContext,
  checkout: Checkout,
  request: PullRequest,
  live: Live,
): Promise<PulledWorkspace> {
  return lookBack(context, request.guestPath, live, async (guest) => {
    if (request.branch !== undefined) await checkBranch(context, checkout, request.branch)
    const fetched = await fetchCommits(context, guest.remembered.record, guest.files, guest.commits, live.signal)
    const head = guestHead(guest, fetched.commits)
    const wanted = await uncommitted(context, guest, head, live.signal)
    const refs = await makeReferences(context, checkout, guest, request, fetched.commits, head)
    await mkdir(request.staging, { recursive: true })
    try {
      const applied = await applyChanges(checkout, guest, wanted, request.staging, live)
      const conflictRef = await keepConflicts(context, checkout, guest, applied.conflicts)
      await remember(guest, applied.settled, refs)
      return {
        guestPath: request.guestPath,
        source: checkout.top,
        changes: describeChanges(guest.remembered.manifest, applied.done),
        conflicts: applied.conflicts.map(({ path }) => readable(path)),
        ...(conflictRef ? { conflictRef } : {}),
        refs,
        warnings: [...guest.warnings, ...fetched.warnings],
      }
    } finally {
      await rm(request.staging, { recursive: true, force: true })
    }
  })
}

async function checkBranch({ host }: WorkspaceContext, { top }: Checkout, name: string): Promise<void> {
  const advice = 'Choose another name with --branch.'
  await git(host, asUser(top), ['check-ref-format', '--branch', name]).catch((error: unknown) => {
    throw fail('workspace.branch', { reason: `"${name}" is no name for a branch.`, advice }, error)
  })
  const taken = await git(host, asUser(top), ['for-each-ref', '--format=%(refname)', `refs/heads/${name}`])
  if (taken !== '') throw fail('workspace.branch', { reason: `The branch "${name}" exists already.`, advice })
}

/** What the commits do not bring. */
async function uncommitted(context: WorkspaceContext, guest: GuestSide, head: GuestHead, signal: AbortSignal) {
  if (!head.moved || !head.commit) return guest.entries
  const isCommitted = await committedChanges(context, guest, head.commit, signal)
  return guest.entries.filter(({ path, kind }) => !isCommitted(path, kind))
}

async function makeReferences(
  { host, vm }: WorkspaceContext,
  checkout: Checkout,
  { remembered: { record }, files, place }: GuestSide,
  { branch }: PullRequest,
  fetched: GuestCommit[],
  head: GuestHead,
): Promise<PulledWorkspace['refs']> {
  const objects = join(checkout.commonDir, 'objects')
  const commits = fetched.map(({ commit }) => commit)
  if (commits.length > 0) await installObjects(host, place, commits, await known(), objects, { stage: files.stage, check: true })
  const refs = fetched
    .filter(({ name }) => branch === undefined || name !== head.name)
    .map(({ name, commit }) => ({ name: branchName(name), ref: `refs/banger/${vm}/heads/${branchName(name)}`, commit }))
  if (branch !== undefined) {
    if (!head.commit)
      throw fail('workspace.branch', {
        reason: 'The guest has no commit to make a branch of.',
        advice: 'Commit there first, or leave --branch out.',
      })
    refs.push({ name: branchName(head.name), ref: `refs/heads/${branch}`, commit: head.commit })
  }
  for (const { ref, commit } of refs) {
    const before = ref.startsWith('refs/heads/') ? '0'.repeat(commit.length) : undefined
    await setReference(host, checkout.top, Buffer.from(ref, 'latin1').toString(), commit, before)
  }
  return refs.map((one) => ({ ...one, name: readable(one.name), ref: readable(one.ref) }))

  /** Of those that the guest was sent, the ones that are here still. */
  async function known(): Promise<string[]> {
    const input = record.objects.tips.map((object) => `${object}\n`).join('')
    const answer = await git(host, place, ['cat-file', '--batch-check=%(objectname)'], { input })
    return answer.split('\n').filter((line) => /^[0-9a-f]+$/.test(line))
  }
}

interface Applied {
  /** Changes that were made here. */
  done: WorktreeEntry[]
  /** Those that are the same on both sides now, and those that the commits bring. */
  settled: WorktreeEntry[]
  conflicts: FileChange[]
}

/** Removals come first, so that a folder can take a file's place, and a file a folder's. */
async function applyChanges(
  checkout: Checkout,
  guest: GuestSide,
  wanted: WorktreeEntry[],
  staging: string,
  { signal, progress }: Live,
): Promise<Applied> {
  const { remembered, files, entries } = guest
  const applier = { top: checkout.top, hash: checkout.hash, objects: join(files.store, 'objects'), staging }
  const chosen = new Set(wanted)
  const applied: Applied = { done: [], settled: entries.filter((entry) => !chosen.has(entry)), conflicts: [] }
  const ordered = wanted.toSorted((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))
  for (const [index, entry] of ordered.entries()) {
    signal.throwIfAborted()
    const message = `Bringing ${ordered.length} files`
    progress({ id: 'workspace.apply', message, state: 'running', current: index, total: ordered.length, unit: 'items' })
    const change = { path: entry.path, before: remembered.manifest.get(entry.path), after: fileOf(entry) }
    const outcome = await applyFile(applier, change)
    if (outcome === 'conflict') applied.conflicts.push(change)
    else applied.settled.push(entry)
    if (outcome === 'applied') applied.done.push(entry)
  }
  return applied
}

function rank({ kind }: WorktreeEntry): number {
  return kind === 'absent' ? 0 : 1
}

async function keepConflicts(
  { host, vm }: WorkspaceContext,
  checkout: Checkout,
  { remembered: { record }, files }: GuestSide,
  conflicts: FileChange[],
): Promise<string | undefined> {
  if (conflicts.length === 0) return undefined
  const ref = `refs/banger/${vm}/conflicts`
  const head = (await git(host, asUser(checkout.top), ['rev-parse', '--quiet', '--verify', 'HEAD'], { allow: [1, 128] })).trim()
  const objects = join(checkout.commonDir, 'objects')
  await saveConflicts(host, record, files, conflicts, { ref, head: head || undefined, objects, vm })
  return ref
}

/** What is settled is what the guest was left with from now on; the host's files are looked at anew by the next prepare. */
async function remember({ remembered, files, state }: GuestSide, settled: WorktreeEntry[], refs: { commit: string }[]) {
  const manifest: Manifest = new Map(remembered.manifest)
  for (const { path, stamp } of state.touched) {
    const row = manifest.get(path)
    if (row) manifest.set(path, { ...row, guest: stamp })
  }
  for (const entry of settled) {
    const file = fileOf(entry)
    if (file) manifest.set(entry.path, { ...file, guest: entry.stamp, host: '-' })
    else manifest.delete(entry.path)
  }
  const pulled = [...new Set([...remembered.record.pulled, ...refs.map(({ commit }) => commit)])]
  await endWriting(files, { ...remembered.record, pulled }, manifest)
}
