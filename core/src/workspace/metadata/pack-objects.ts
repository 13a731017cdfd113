import { join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import { git } from '../git/git.ts'
import type { IndexEntry } from './index-entries.ts'
import { parseRaw } from './index-entries.ts'
import type { Shadow } from './make-shadow.ts'

export interface Objects {
  /** Commits and tags, with all that they are made of. */
  tips: string[]
  /** Contents that the index names and no commit has. */
  blobs: string[]
}

/** What a guest's repository needs of the object store for its commits and its index. */
export async function neededObjects(host: Host, shadow: Shadow, tips: string[], head: string | undefined, index: IndexEntry[]) {
  const staged = head ? await stagedEntries(host, shadow, index) : index
  const blobs = staged.filter(({ mode }) => mode !== '160000').map(({ object }) => object)
  return { tips, blobs: [...new Set(blobs)] }
}

/** Entries of the index that HEAD does not have, those in conflict among them. */
async function stagedEntries(host: Host, { place }: Shadow, index: IndexEntry[]): Promise<IndexEntry[]> {
  const args = ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', '--ignore-submodules=none', 'HEAD']
  const paths = new Set(parseRaw(await git(host, place, args)).map(({ path }) => path))
  return index.filter(({ path, stage, object }) => stage > 0 || paths.has(path) || isEmptyBlob(object))
}

/** What an entry has that was added by intent alone: HEAD is not compared with it. */
function isEmptyBlob(object: string): boolean {
  return (
    object === 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' ||
    object === '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813'
  )
}

/**
 * Packs objects into `folder`. Deltas that the repository has are taken over; no new ones are looked for, since sending is
 * faster than thinking.
 * @param have what the guest has already
 */
export async function packObjects(host: Host, shadow: Shadow, needed: Objects, have: Objects, folder: string): Promise<void> {
  const known = new Set([...have.tips, ...have.blobs])
  const missing = [...needed.tips, ...needed.blobs].filter((object) => !known.has(object))
  if (missing.length === 0) return
  const excluded = (await existing(host, shadow, have.tips)).map((object) => `^${object}`)
  const args = ['pack-objects', '--revs', '--non-empty', '--delta-base-offset', '--window=0', '--quiet', join(folder, 'pack')]
  await git(host, shadow.place, args, { input: `${[...missing, ...excluded].join('\n')}\n` })
}

/** Those of some objects that the repository still has. */
async function existing(host: Host, { place }: Shadow, objects: string[]): Promise<string[]> {
  if (objects.length === 0) return []
  const answer = await git(host, place, ['cat-file', '--batch-check=%(objectname)'], { input: `${objects.join('\n')}\n` })
  return answer.split('\n').filter((line) => line !== '' && !line.endsWith(' missing'))
}
