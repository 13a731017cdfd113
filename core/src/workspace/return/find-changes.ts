import { join } from 'node:path'
import { fail } from '../../errors.ts'
import { entryOf, type WorktreeEntry } from '../../guest/worktree-entry.ts'
import { readStoredBlob } from '../git/stored-blob.ts'
import type { RecordFiles, Remembered } from '../record/workspace-record.ts'
import { type GuestState, lookAtGuest } from '../transfer/guest-state.ts'
import { readable } from '../transfer/paths.ts'
import { IgnoreRules } from './ignored.ts'
import { type Receiver, receiveContents } from './receive-contents.ts'
import { isSafePath } from './safe-path.ts'

/** New files of a guest at most; more are no work of anybody. */
const limit = 100_000

export interface GuestChanges {
  /** Files and links that are otherwise, received and with their hash; `absent` those that are gone. */
  entries: WorktreeEntry[]
  state: GuestState
  warnings: string[]
}

/** What the guest has changed, added and removed since, but for what git ignores there; contents are received. */
export async function findChanges(receiver: Receiver, remembered: Remembered, files: RecordFiles): Promise<GuestChanges> {
  const { context, signal } = receiver
  const state = await lookAtGuest(context.agent.worktree, remembered, signal)
  const warnings: string[] = []
  const present = state.changed.filter(({ kind }) => kind === 'file' || kind === 'link').map(({ path }) => path)
  const gone = state.changed.filter(({ kind }) => kind !== 'file' && kind !== 'link').map(({ path }) => entryOf('absent', path))
  const changed = await receiveContents(receiver, present)
  const rules = await readRules(receiver, remembered, files, changed)
  const replaced = state.changed.filter(({ kind }) => kind === 'folder')
  const added = await findAdded(receiver, rules, [...state.added, ...replaced], warnings)
  const entries = [...gone, ...changed, ...(await receiveContents(receiver, added))].filter(({ path, kind }) => {
    const safe = isSafePath(path, kind === 'link' ? 'link' : 'file')
    if (!safe) warnings.push(`${readable(path)} is left out: its name could be taken for git's own.`)
    return safe
  })
  return { entries, state, warnings }
}

/** The guest's `.gitignore` files that were sent, as they are now. */
async function readRules(
  { context, record, stage }: Receiver,
  { manifest }: Remembered,
  { store }: RecordFiles,
  changed: WorktreeEntry[],
): Promise<IgnoreRules> {
  const rules = new IgnoreRules(context.host, store, join(stage, 'ignore'))
  const now = new Map(changed.map((entry) => [entry.path, entry]))
  for (const [path, row] of manifest) {
    const { kind, hash } = now.get(path) ?? row
    if (!isRules(path) || kind !== 'file') continue
    const content = await readStoredBlob(context.host, store, record.objectStores, hash)
    if (content) await rules.add(path, content)
  }
  return rules
}

/** Paths of what the guest has added and does not ignore, folder by folder. */
async function findAdded(
  { context, record, signal }: Receiver,
  rules: IgnoreRules,
  found: WorktreeEntry[],
  warnings: string[],
): Promise<string[]> {
  const { worktree } = context.agent
  const added: string[] = []
  for (let level = found; level.length > 0; ) {
    for (const { path } of level.filter(({ kind, path }) => kind === 'file' && isRules(path)))
      for await (const { content } of worktree.read(record.guestPath, [path], signal))
        await rules.add(path, await collect(content))
    const folders = new Set(level.filter(({ kind }) => kind === 'folder').map(({ path }) => path))
    const carried = level.filter(({ kind, path }) => kind !== 'other' && !isGit(path)).map(({ path }) => path)
    const kept = await rules.notIgnored(carried, folders)
    added.push(...kept.filter((path) => !folders.has(path)))
    if (added.length > limit)
      throw fail('workspace.too-much', { vm: context.vm, folder: record.guestPath, reason: `more than ${limit} new files` })
    const inner = kept.filter((path) => folders.has(path))
    level = inner.length > 0 ? await list(inner) : []
    const repositories = level.filter(({ path }) => isGit(path)).map(({ path }) => path.slice(0, -'/.git'.length))
    for (const path of repositories) warnings.push(`${readable(path)} is left out: it is a repository of its own.`)
    level = level.filter(({ path }) => !repositories.some((repository) => path.startsWith(`${repository}/`)))
  }
  return added

  function list(paths: string[]): Promise<WorktreeEntry[]> {
    return worktree.changes(
      record.guestPath,
      record.hash,
      paths.map((path) => entryOf('folder', path)),
      signal,
    )
  }
}

function isRules(path: string): boolean {
  return path === '.gitignore' || path.endsWith('/.gitignore')
}

function isGit(path: string): boolean {
  return path === '.git' || path.endsWith('/.git')
}

async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}
