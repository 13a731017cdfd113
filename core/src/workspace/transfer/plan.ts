import type { HostFile } from '../files/host-file.ts'
import { hashHostFile } from '../files/read-file.ts'
import type { Manifest } from '../record/manifest.ts'
import { foldersOf, insideGit } from './paths.ts'

export interface Plan {
  files: HostFile[]
  absent: string[]
  /** Folders that hold nothing any more; those inside others come first. */
  pruned: string[]
  /** The manifest without what is going to be written or removed. */
  kept: Manifest
}

/**
 * What must be sent so that the guest has the host's files and no others of the manifest.
 * @param manifest what the guest has
 */
export async function planTransfer(manifest: Manifest, files: HostFile[], hash: 'sha1' | 'sha256'): Promise<Plan> {
  const kept: Manifest = new Map()
  const sending: HostFile[] = []
  for (const file of files) {
    const row = manifest.get(file.path)
    const same = row && row.kind === file.kind && row.mode === file.mode
    if (same && file.steady && row.host === file.stamp) {
      kept.set(file.path, row)
      continue
    }
    const now = same ? await hashHostFile(file, hash) : undefined
    if (row && now?.hash === row.hash) kept.set(file.path, { ...row, host: now.file.steady ? now.file.stamp : '-' })
    else sending.push(file)
  }
  // Packs are made for what is new; the earlier ones stay.
  const repositories = new Set(files.map(({ path }) => insideGit(path)?.repository))
  for (const [path, row] of manifest) if (isPack(path, repositories)) kept.set(path, row)
  const paths = new Set([...kept.keys(), ...sending.map(({ path }) => path)])
  const absent = [...manifest.keys()].filter((path) => !paths.has(path))
  const left = foldersOf(paths)
  const pruned = [...foldersOf(absent)].filter((folder) => !left.has(folder) && !insideGit(`${folder}/`)).reverse()
  return { absent, pruned, files: sending, kept }
}

function isPack(path: string, repositories: Set<string | undefined>): boolean {
  const inside = insideGit(path)
  return inside !== undefined && repositories.has(inside.repository) && inside.name.startsWith('objects/pack/')
}
