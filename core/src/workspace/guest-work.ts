import type { WorktreeEntry } from '../guest/worktree-entry.ts'
import type { HostFile } from './files/host-file.ts'
import { hashHostFile } from './files/read-file.ts'
import type { Manifest } from './record/manifest.ts'
import { type GuestState, isSame } from './transfer/guest-state.ts'
import { foldersOf } from './transfer/paths.ts'

/** What of a guest's workspace the host's files would be written over. */
export interface GuestWork {
  /** Changed or removed since it was sent, and what is where the host has something new. */
  entries: WorktreeEntry[]
  /** What the host has in just the same way, so that nothing is lost. */
  agreed: WorktreeEntry[]
}

export async function findWork(state: GuestState, files: HostFile[], hash: 'sha1' | 'sha256'): Promise<GuestWork> {
  const planned = new Map(files.map((file) => [file.path, file]))
  const folders = foldersOf(planned.keys())
  const blocking = state.added.filter(({ kind, path }) => planned.has(path) || (kind !== 'folder' && folders.has(path)))
  const work: GuestWork = { entries: [], agreed: [] }
  for (const entry of [...state.changed, ...blocking]) {
    const file = planned.get(entry.path)
    const now = file && (await hashHostFile(file, hash))
    const agreed = now ? isSame(entry, { ...now.file, hash: now.hash }) : !file && entry.kind === 'absent'
    ;(agreed ? work.agreed : work.entries).push(entry)
  }
  return work
}

/**
 * The manifest as the guest is now, without what is to be written over.
 * @returns it, and what must be removed before anything is written there
 */
export function settleManifest(manifest: Manifest, state: GuestState, work: GuestWork): { manifest: Manifest; absent: string[] } {
  const settled = new Map(manifest)
  for (const { path, stamp } of state.touched) {
    const row = settled.get(path)
    if (row) settled.set(path, { ...row, guest: stamp })
  }
  for (const { path, kind, mode, hash, stamp } of work.agreed) {
    if (kind === 'file' || kind === 'link') settled.set(path, { kind, mode: mode & 0o777, hash, guest: stamp, host: '-' })
    else settled.delete(path)
  }
  for (const { path } of work.entries) settled.delete(path)
  return { manifest: settled, absent: work.entries.filter(({ kind }) => kind !== 'absent').map(({ path }) => path) }
}
