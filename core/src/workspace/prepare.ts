import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Progress } from '../hooks/progress.ts'
import type { PreparedWorkspace } from '../protocol/workspace.ts'
import { findCheckout } from './checkout/find-checkout.ts'
import type { WorkspaceContext } from './context.ts'
import type { HostFile } from './files/host-file.ts'
import { listFiles } from './files/list-files.ts'
import { listFolder } from './files/list-folder.ts'
import { lookAtRepositories, settleRepositories } from './guest-repository.ts'
import { findWork, settleManifest } from './guest-work.ts'
import { hasProgram } from './guest-program.ts'
import { makeMetadata } from './metadata/make-metadata.ts'
import type { Objects } from './metadata/pack-objects.ts'
import { type ReadOptions, readSource, type Source } from './metadata/read-source.ts'
import { makeContentStore } from './record/content-store.ts'
import { endWriting, readRecord, type RecordFiles, recordFiles, type WorkspaceRecord } from './record/workspace-record.ts'
import type { PrepareRequest } from './prepare-request.ts'
import { refuseLoss } from './refuse-loss.ts'
import { findStart, isOf, type StartingPoint } from './starting-point.ts'
import { gitFolders, lookCloser } from './transfer/guest-state.ts'
import { transfer } from './transfer/transfer.ts'

interface Live {
  signal: AbortSignal
  progress: Progress
}

/**
 * Makes a folder of the guest a working repository that is exactly as the checkout is now; of what is there already, only
 * what is otherwise is sent. The checkout is only read, and none of its hooks, filters and helpers runs.
 * @throws workspace.no-checkout, workspace.submodules, workspace.nested, workspace.branch, workspace.unreadable,
 * workspace.occupied and workspace.guest-work before anything is sent; workspace.changing
 */
export async function prepareWorkspace(
  context: WorkspaceContext,
  request: PrepareRequest,
  live: Live,
): Promise<PreparedWorkspace> {
  const files = recordFiles(context.workspaces, request.guestPath)
  await rm(files.stage, { recursive: true, force: true })
  await mkdir(files.stage, { recursive: true, mode: 0o700 })
  live.progress({ id: 'workspace.read', message: `Reading ${request.path}`, state: 'running' })
  try {
    const checkout = await findCheckout(context.host, request.path)
    const remembered = await readRecord(files)
    const record = remembered && isOf(checkout, remembered.record) ? remembered.record : undefined
    const options = readOptions(request, record, true)
    // The guest looks while the host reads.
    const [start, read] = await Promise.allSettled([
      findStart(context, checkout, remembered, request, live.signal),
      readSource(context.host, checkout, { ...options, stage: files.stage }),
    ])
    if (start.status === 'rejected') throw start.reason
    if (read.status === 'rejected') throw read.reason
    return await bringOver(context, { options, source: read.value }, start.value, files, request, live)
  } finally {
    await rm(files.stage, { recursive: true, force: true })
  }
}

async function bringOver(
  context: WorkspaceContext,
  read: { options: SourceOptions; source: Source },
  start: StartingPoint,
  files: RecordFiles,
  request: PrepareRequest,
  { signal, progress }: Live,
): Promise<PreparedWorkspace> {
  const { host, agent } = context
  const { remembered } = start
  const { record } = remembered
  const repositories = lookAtRepositories(start.state, remembered.manifest)
  // A history that was cut is not made whole by adding to it.
  const builds = repositories.intact && !(request.mode === 'full_copy' && record.shallow.length > 0)
  const have = builds ? record.objects : { tips: [], blobs: [] }
  const options = readOptions(request, record, builds)
  // What the guest has may be otherwise than it was left; then the history is chosen anew.
  const source = isDeepStrictEqual(options, read.options)
    ? read.source
    : await readSource(host, read.source.checkout, { ...options, stage: join(files.stage, 'anew') })
  const all = withInner(source)
  const worktree = all.flatMap((one) => one.files)
  const paths = worktree.map(({ path }) => path)
  const state = await lookCloser(agent.worktree, remembered, start.state, paths, signal)
  const work = await findWork(state, worktree, record.hash)
  const loose = await refuseLoss(context, { source, record, work, repositories, overwrite: request.overwrite }, signal)
  const { metadata, needed } = await makeAllMetadata(context, all, have, request.guestPath, files.stage)
  progress({ id: 'workspace.read', message: `Read ${source.checkout.top}`, state: 'done' })

  const settled = settleManifest(settleRepositories(remembered.manifest, state, repositories), state, work)
  for (const path of remembered.pending) settled.manifest.delete(path)
  await makeContentStore(files.store, record.hash, await ignoredPatterns(source))
  const begun: WorkspaceRecord = { ...record, mode: request.mode, readonly: request.readonly }
  const everything = [...worktree, ...metadata]
  const done = await transfer({
    context,
    record: begun,
    recordFiles: files,
    manifest: settled.manifest,
    absent: [...start.foreign, ...settled.absent, ...loose, ...leftOver(remembered.pending, everything)],
    pending: remembered.pending,
    files: everything,
    folders: all.flatMap((one) => [...one.folders, ...gitFolders.map((folder) => `${one.prefix}.git/${folder}`)]),
    objects: new Set(all.flatMap((one) => one.index.map(({ object }) => object))),
    signal,
    progress,
  })
  await endWriting(files, await recordOf(begun, request, source, all, { have, needed }), done.manifest)
  return {
    guestPath: request.guestPath,
    source: source.checkout.top,
    files: worktree.length,
    sent: done.files,
    bytes: done.bytes,
    removed: done.removed,
    warnings: await warningsOf(context, start, signal),
  }
}

/** Whether git works there is looked at once: it takes as long as a program takes to start in an emulated guest. */
async function warningsOf(
  { agent, vm }: WorkspaceContext,
  { remembered }: StartingPoint,
  signal: AbortSignal,
): Promise<string[]> {
  if (remembered.record.preparedAt > 0 || (await hasProgram(agent, 'git', signal))) return []
  return [`The VM "${vm}" has no git: the files are there, and git's data for when you install it.`]
}

/** What git ignores besides what `.gitignore` files say; what comes later counts more. */
async function ignoredPatterns({ settings, shadow }: Source): Promise<string> {
  const own = await readFile(join(shadow.gitDir, 'info/exclude'), 'latin1').catch(() => '')
  return `${settings.exclude}\n${own}`
}

type SourceOptions = Omit<ReadOptions, 'stage'>

/**
 * How to read the checkout. A workspace that was put on a branch of its own stays on it.
 * @param builds whether what is sent adds to what the guest was sent before
 */
function readOptions({ mode, branch }: PrepareRequest, record: WorkspaceRecord | undefined, builds: boolean): SourceOptions {
  const shallow = builds ? (record?.shallow ?? []) : []
  if (branch) return { mode, shallow, branch }
  return { mode, shallow, ...(record?.branch ? { branch: { ...record.branch, again: true } } : {}) }
}

function withInner(source: Source): Source[] {
  return [source, ...source.inner.flatMap(withInner)]
}

async function makeAllMetadata({ host }: WorkspaceContext, all: Source[], have: Objects, guestPath: string, stage: string) {
  const folder = join(stage, 'guest')
  const metadata: HostFile[] = []
  const needed: Objects = { tips: [], blobs: [] }
  for (const [index, source] of all.entries()) {
    const gitDir = join(folder, String(index))
    const own = await makeMetadata(host, source, have, `${guestPath}/${source.prefix}`, gitDir)
    needed.tips.push(...own.tips)
    needed.blobs.push(...own.blobs)
    const names = await listFolder(gitDir)
    metadata.push(...(await listFiles(gitDir, names.sort(lastHead), { prefix: `${source.prefix}.git/` })))
  }
  return { metadata, needed }
}

/** HEAD comes last: it makes a repository of the folder. */
function lastHead(a: string, b: string): number {
  if (a === 'HEAD' || b === 'HEAD') return a === b ? 0 : a === 'HEAD' ? 1 : -1
  return a < b ? -1 : 1
}

/** What an interrupted transfer may have left and the checkout does not have. */
function leftOver(pending: Set<string>, files: HostFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path))
  return [...pending].filter((path) => !paths.has(path))
}

async function recordOf(
  begun: WorkspaceRecord,
  request: PrepareRequest,
  source: Source,
  all: Source[],
  { have, needed }: { have: Objects; needed: Objects },
): Promise<WorkspaceRecord> {
  const head = (await readFile(join(source.shadow.gitDir, 'HEAD'), 'latin1')).trim()
  const { branch = begun.branch } = request
  return {
    ...begun,
    ...(branch ? { branch } : {}),
    head,
    refs: source.history.refs,
    objects: {
      tips: [...new Set([...have.tips, ...needed.tips])],
      blobs: [...new Set([...have.blobs, ...needed.blobs])],
    },
    objectStores: all.map(({ checkout }) => join(checkout.commonDir, 'objects')),
    shallow: source.history.shallow,
    preparedAt: Date.now(),
  }
}
