import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { once } from 'node:events'
import { fail } from '../../errors.ts'
import { entryOf, type WorktreeEntry } from '../../guest/worktree-entry.ts'
import type { WorkspaceContext } from '../context.ts'
import { startBlobHash } from '../files/read-file.ts'
import { writeBlob } from '../git/blob-store.ts'
import type { WorkspaceRecord } from '../record/workspace-record.ts'
import { foldersOf } from '../transfer/paths.ts'

/** Bytes up to which a file is kept in memory on its way. */
const small = 1024 * 1024

/** Times that files which change while they are read are read again. */
const attempts = 5

export interface Receiver {
  context: WorkspaceContext
  record: WorkspaceRecord
  /** Object folder that contents go to. */
  objects: string
  /** Folder for what is thrown away afterwards. */
  stage: string
  signal: AbortSignal
}

/**
 * Reads files and links of the guest into the object folder.
 * @returns each as it is now, with its hash; what is gone, or no file any more, as `absent`
 * @throws workspace.too-much when it is more than the guest's disk can hold, workspace.changing
 */
export async function receiveContents(receiver: Receiver, paths: string[]): Promise<WorktreeEntry[]> {
  const received = new Map<string, WorktreeEntry>()
  let wanted = paths
  for (let attempt = 0; attempt < attempts && wanted.length > 0; attempt++) {
    for (const entry of await receive(receiver, wanted)) received.set(entry.path, entry)
    wanted = await changedSince(receiver, received)
  }
  if (wanted.length > 0) throw fail('workspace.changing', { folder: `${receiver.record.guestPath} of the VM` })
  return paths.flatMap((path) => received.get(path) ?? [])
}

async function receive({ context, record, objects, stage, signal }: Receiver, paths: string[]): Promise<WorktreeEntry[]> {
  const entries: WorktreeEntry[] = []
  let left = context.diskSize
  await mkdir(stage, { recursive: true })
  for await (const { entry, content } of context.agent.worktree.read(record.guestPath, paths, signal)) {
    left -= entry.size
    if (left < 0) throw fail('workspace.too-much', { vm: context.vm, folder: record.guestPath, reason: 'its disk holds less' })
    if (entry.kind !== 'file' && entry.kind !== 'link') entries.push(entryOf('absent', entry.path))
    else entries.push({ ...entry, hash: await keep(entry, content, record.hash, objects, join(stage, 'incoming')) })
  }
  return entries
}

async function keep(
  { size }: WorktreeEntry,
  content: AsyncIterable<Buffer>,
  algorithm: 'sha1' | 'sha256',
  objects: string,
  part: string,
): Promise<string> {
  const hasher = startBlobHash(algorithm, size)
  if (size <= small) {
    const pieces: Buffer[] = []
    for await (const piece of content) {
      hasher.update(piece)
      pieces.push(piece)
    }
    const hash = hasher.digest('hex')
    await writeBlob(objects, hash, size, chunks(pieces))
    return hash
  }
  const file = createWriteStream(part)
  for await (const piece of content) {
    hasher.update(piece)
    if (!file.write(piece)) await once(file, 'drain')
  }
  await finished(file.end())
  const hash = hasher.digest('hex')
  await writeBlob(objects, hash, size, createReadStream(part) as AsyncIterable<Buffer>)
  await rm(part)
  return hash
}

async function* chunks(pieces: Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces
}

/** Those that the guest has changed since they were read, or while. */
async function changedSince({ context, record, signal }: Receiver, received: Map<string, WorktreeEntry>): Promise<string[]> {
  const present = [...received.values()].filter(({ kind }) => kind !== 'absent')
  const known = [
    ...[...foldersOf(present.map(({ path }) => path))].map((folder) => entryOf('folder', folder)),
    ...present.map(({ kind, path, stamp }) => entryOf(kind, path, { stamp })),
  ]
  const changed = await context.agent.worktree.changes(record.guestPath, record.hash, known, signal)
  const paths = new Set(present.map(({ path }) => path))
  return changed.filter(({ path }) => paths.has(path)).map(({ path }) => path)
}
