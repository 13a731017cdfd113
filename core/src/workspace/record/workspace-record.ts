import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { NewBranch, WorkspaceMode } from '../../protocol/workspace.ts'
import type { Objects } from '../metadata/pack-objects.ts'
import type { Refs } from '../metadata/refs.ts'
import { formatManifest, type Manifest, parseManifest } from './manifest.ts'

/** What banger remembers of a workspace, beside its files. */
export interface WorkspaceRecord {
  /** Absolute path in the guest. */
  guestPath: string
  /** Absolute path of the checkout that it was prepared from. */
  source: string
  mode: WorkspaceMode
  readonly: boolean
  branch?: NewBranch
  hash: 'sha1' | 'sha256'
  /** HEAD as it was sent: `ref: refs/heads/main`, or a commit. */
  head: string
  /** References as they were sent. */
  refs: Refs
  /** Commits of the guest that have been brought here since. */
  pulled: string[]
  /** Objects that the guest was sent. */
  objects: Objects
  /** Absolute paths of the host's object folders that contents are in. */
  objectStores: string[]
  /** Commits whose parents were not sent. */
  shallow: string[]
  /** Milliseconds since 1970. */
  preparedAt: number
}

/** The files of one workspace's record. */
export interface RecordFiles {
  dir: string
  record: string
  manifest: string
  /** Paths that were being written when this is there. */
  pending: string
  /** A git folder for contents that only the workspace has. */
  store: string
  /** Folder for what is thrown away afterwards. */
  stage: string
}

/** @param workspaces folder for those of a VM */
export function recordFiles(workspaces: string, guestPath: string): RecordFiles {
  const dir = join(workspaces, createHash('sha256').update(guestPath).digest('hex').slice(0, 16))
  return {
    dir,
    record: join(dir, 'workspace.json'),
    manifest: join(dir, 'manifest'),
    pending: join(dir, 'pending'),
    store: join(dir, 'store.git'),
    stage: join(dir, 'stage'),
  }
}

export interface Remembered {
  record: WorkspaceRecord
  manifest: Manifest
  /** Paths that may be written by half, since that was interrupted. */
  pending: Set<string>
}

export async function readRecord(files: RecordFiles): Promise<Remembered | undefined> {
  const text = await readFile(files.record, 'utf8').catch(missing)
  if (text === undefined) return undefined
  const [manifest, pending] = await Promise.all([
    readFile(files.manifest).catch(missing),
    readFile(files.pending, 'latin1').catch(missing),
  ])
  return {
    record: JSON.parse(text) as WorkspaceRecord,
    manifest: manifest ? parseManifest(manifest) : new Map(),
    pending: new Set(pending?.split('\0').slice(0, -1)),
  }
}

/** The records of all workspaces of a VM. */
export async function readRecords(workspaces: string): Promise<WorkspaceRecord[]> {
  const names = await readdir(workspaces).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(workspaces, name, 'workspace.json'), 'utf8').catch(missing)))
  return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as WorkspaceRecord]))
}

/** Remembers what is about to be written, before it is: whatever happens then, it is known to be ours. */
export async function beginWriting(files: RecordFiles, record: WorkspaceRecord, paths: Iterable<string>): Promise<void> {
  await mkdir(files.dir, { recursive: true, mode: 0o700 })
  await writeDurably(files.pending, Buffer.from([...paths].map((path) => `${path}\0`).join(''), 'latin1'))
  await writeDurably(files.record, Buffer.from(JSON.stringify(record)))
}

export async function endWriting(files: RecordFiles, record: WorkspaceRecord, manifest: Manifest): Promise<void> {
  await writeDurably(files.manifest, formatManifest(manifest))
  await writeDurably(files.record, Buffer.from(JSON.stringify(record)))
  await rm(files.pending, { force: true })
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const part = `${path}.part`
  const file = await open(part, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
