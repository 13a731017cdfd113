import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../errors.ts'
import type { CopyEntry } from './copy-entry.ts'
import { badPath } from './host-stat.ts'
import { mergeTree } from './merge-tree.ts'
import type { Placement } from './place-copy.ts'
import { stageTree } from './stage-tree.ts'

/**
 * Writes what comes from a VM to its place on this host: first whole into a private folder beside it, then by renames. What is
 * interrupted leaves the place as it was.
 * @throws guest.refused, copy.refused, disk.full, host.bad-path
 */
export async function writeHost(
  entries: AsyncIterable<CopyEntry>,
  { folder, name }: Placement,
  options: { vm: string; onBytes: (bytes: number) => void; signal: AbortSignal },
): Promise<{ entries: number; bytes: number }> {
  const stage = await mkdtemp(join(folder, '.banger-cp-')).catch((error: unknown) => Promise.reject(badPath(folder, error)))
  try {
    const top = join(stage, 'top')
    const staged = await stageTree(entries, top, options)
    if (staged.entries.size === 0) throw fail('guest.refused', { name: options.vm, reason: 'it sent nothing' })
    await mergeTree(staged, top, name === undefined ? folder : join(folder, name), { intoFolder: name === undefined })
    return { entries: staged.entries.size, bytes: staged.bytes }
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}
