import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fail } from '../../errors.ts'
import type { Progress } from '../../hooks/progress.ts'
import type { WorkspaceContext } from '../context.ts'
import { type HostFile, statFile } from '../files/host-file.ts'
import { hashHostFile } from '../files/read-file.ts'
import { writeBlob } from '../git/blob-store.ts'
import type { Manifest } from '../record/manifest.ts'
import { beginWriting, type RecordFiles, type WorkspaceRecord } from '../record/workspace-record.ts'
import { insideGit } from './paths.ts'
import { planTransfer } from './plan.ts'
import { type Removals, sendFiles, type Sent } from './send-files.ts'

/** Times that files which change while they are sent are sent again. */
const attempts = 5

/** Files looked at before others get their turn. */
const batch = 500

export interface TransferJob {
  context: WorkspaceContext
  record: WorkspaceRecord
  recordFiles: RecordFiles
  /** What the guest has that may stay. */
  manifest: Manifest
  /** What the guest has in the way. */
  absent: string[]
  /** Paths that an interrupted transfer may have left by half. */
  pending: Iterable<string>
  /** All that the guest is to have. */
  files: HostFile[]
  folders: string[]
  /** Names of blobs that the repository has. */
  objects: Set<string>
  signal: AbortSignal
  progress: Progress
}

export interface Transferred {
  manifest: Manifest
  /** Files and links that were sent. */
  files: number
  bytes: number
  /** Files and links that were removed. */
  removed: number
}

/**
 * Makes the guest have the host's files. What changes while it is sent is sent again.
 * @throws workspace.changing when that does not end
 */
export async function transfer(job: TransferJob): Promise<Transferred> {
  const { record } = job
  const done: Transferred = { manifest: job.manifest, files: 0, bytes: 0, removed: 0 }
  let { files, absent } = job
  for (let attempt = 0; attempt < attempts; attempt++) {
    const plan = await planTransfer(done.manifest, files, record.hash)
    const removals = { absent: [...new Set([...absent, ...plan.absent])], pruned: plan.pruned, folders: job.folders }
    await beginWriting(job.recordFiles, record, [...job.pending, ...removals.absent, ...plan.files.map(({ path }) => path)])
    const sent = await send(job, removals, plan.files)
    done.files += sent.length
    done.bytes += sent.reduce((sum, { file }) => sum + file.size, 0)
    done.removed += plan.absent.length
    done.manifest = withSent(plan.kept, sent)
    const changed = await changedSince(sent, plan.files, record.hash)
    if (changed.size === 0) return done
    files = files.flatMap((file) => (changed.has(file.path) ? (statFile(file.path, file.source) ?? []) : file))
    const present = new Set(files.map(({ path }) => path))
    absent = [...changed].filter((path) => !present.has(path))
    for (const path of changed) done.manifest.delete(path)
  }
  throw fail('workspace.changing', { folder: record.source })
}

async function send(job: TransferJob, removals: Removals, files: HostFile[]): Promise<Sent[]> {
  const { context, record, signal, progress } = job
  const total = files.reduce((sum, { size }) => sum + size, 0)
  let current = 0
  const report = (state: 'running' | 'done'): void =>
    progress({ id: 'workspace.send', message: `Sending ${files.length} files`, state, current, total, unit: 'bytes' })
  report('running')
  const sent = await sendFiles(context.agent.worktree, record.guestPath, removals, files, {
    hash: record.hash,
    readonly: record.readonly,
    signal,
    onSent: (bytes) => {
      current += bytes
      report('running')
    },
    onContent: async (path, hash, size, content) => {
      if (job.objects.has(hash) || insideGit(path)) return
      await writeBlob(join(job.recordFiles.store, 'objects'), hash, size, content())
    },
  })
  report('done')
  return sent
}

function withSent(kept: Manifest, sent: Sent[]): Manifest {
  const manifest = new Map(kept)
  for (const { file, hash, guest } of sent) {
    const { path, kind, mode, stamp, steady } = file
    manifest.set(path, { kind, mode, hash, guest, host: steady ? stamp : '-' })
  }
  return manifest
}

/** Paths of files that are otherwise than they were sent, or went away before that. */
async function changedSince(sent: Sent[], wanted: HostFile[], hash: 'sha1' | 'sha256'): Promise<Set<string>> {
  const there = new Set(sent.map(({ file }) => file.path))
  const changed = new Set(wanted.map(({ path }) => path).filter((path) => !there.has(path)))
  for (const [index, { file, hash: before }] of sent.entries()) {
    if (index % batch === 0) await nextTurn()
    const now = statFile(file.path, file.source)
    const same = now?.stamp === file.stamp && (file.steady || (await hashHostFile(file, hash))?.hash === before)
    if (!same) changed.add(file.path)
  }
  return changed
}
