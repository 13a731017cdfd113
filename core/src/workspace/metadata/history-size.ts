import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import type { Checkout } from '../checkout/find-checkout.ts'
import { asUser, git } from '../git/git.ts'

/** KiB: half a second over an emulated guest's channel. */
const limit = 16 * 1024

/**
 * Whether all objects of a repository take so little room that its history need not be cut. Where objects are elsewhere,
 * in another repository or still at the remote, that is not known, and it counts as large.
 */
export async function isSmall(host: Host, { top, commonDir }: Checkout): Promise<boolean> {
  const names = await Promise.all(['info', 'pack'].map((folder) => readdir(join(commonDir, 'objects', folder)).catch(() => [])))
  if (names.flat().some((name) => name === 'alternates' || name.endsWith('.promisor'))) return false
  const text = await git(host, asUser(top), ['count-objects', '-v'])
  const sizes = [...text.matchAll(/^size(?:-pack)?: (\d+)$/gm)].map(([, size]) => Number(size))
  return sizes.reduce((sum, size) => sum + size, 0) <= limit
}
