import type { AgentWorktree } from '../guest/agent-worktree.ts'
import { entryOf, type WorktreeEntry } from '../guest/worktree-entry.ts'
import { parsePackedRefs, type Refs } from './metadata/refs.ts'

/** Bytes of a reference's file at most, and of all packed ones. */
const limits = { loose: 4096, packed: 64 * 1024 * 1024 }

export interface GuestRefs {
  /** `ref: refs/heads/main`, or a commit; undefined when it can't be read. */
  head: string | undefined
  refs: Refs
  /** Names of those that are in files of their own. */
  loose: string[]
}

/**
 * Reads the references of a guest's repository, without git in the guest. What is none is passed over: a guest may have
 * written anything there.
 */
export async function readGuestRefs(
  worktree: AgentWorktree,
  folder: string,
  hash: 'sha1' | 'sha256',
  signal: AbortSignal,
): Promise<GuestRefs> {
  const files = await listFiles(worktree, folder, hash, '.git/refs', signal)
  const texts = new Map<string, string>()
  for await (const { entry, content } of worktree.read(folder, ['.git/HEAD', '.git/packed-refs', ...files], signal)) {
    let text = ''
    const limit = entry.path === '.git/packed-refs' ? limits.packed : limits.loose
    for await (const piece of content) if (text.length < limit) text += piece.toString('latin1')
    if (entry.kind === 'file') texts.set(entry.path, text)
  }
  const loose = files.flatMap((path) => {
    const [object] = /^([0-9a-f]{40}|[0-9a-f]{64})$/m.exec(texts.get(path) ?? '') ?? []
    return object ? [[path.slice('.git/'.length), object] as const] : []
  })
  return {
    head: /^(ref: refs\/[^\n]+|[0-9a-f]{40,64})$/m.exec(texts.get('.git/HEAD') ?? '')?.[1],
    refs: { ...parsePackedRefs(texts.get('.git/packed-refs') ?? ''), ...Object.fromEntries(loose) },
    loose: loose.map(([name]) => name),
  }
}

async function listFiles(
  worktree: AgentWorktree,
  folder: string,
  hash: 'sha1' | 'sha256',
  start: string,
  signal: AbortSignal,
): Promise<string[]> {
  const files: string[] = []
  for (let folders = [start]; folders.length > 0; ) {
    const found: WorktreeEntry[] = await worktree.changes(
      folder,
      hash,
      folders.map((path) => entryOf('folder', path)),
      signal,
    )
    files.push(...found.filter(({ kind }) => kind === 'file').map(({ path }) => path))
    folders = found.filter(({ kind }) => kind === 'folder').map(({ path }) => path)
  }
  return files
}
