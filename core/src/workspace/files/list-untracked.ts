import type { Host } from '../../hooks/host.ts'
import { git } from '../git/git.ts'
import type { Shadow } from '../metadata/make-shadow.ts'

/**
 * What a checkout has that git neither tracks nor ignores. A repository within is one name, with a slash at its end.
 * Names are bytes, one character each (latin1).
 */
export async function listUntracked(host: Host, { place }: Shadow): Promise<string[]> {
  return (await git(host, place, ['ls-files', '--others', '--exclude-standard', '-z'])).split('\0').slice(0, -1)
}
