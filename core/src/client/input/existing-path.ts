import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fail } from '../../errors.ts'

/**
 * A path as the daemon takes it: absolute, since its folder is not the user's. What is missing is not asked of it.
 * @throws usage when it is not there
 */
export async function existingPath(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  const absolute = resolve(path)
  try {
    await access(absolute)
  } catch (error) {
    throw fail('usage', { reason: `${path} is not there, or you may not read it.` }, error)
  }
  return absolute
}
