import type { Host } from '../../hooks/host.ts'
import { git } from '../git/git.ts'
import type { Shadow } from './make-shadow.ts'

export interface IndexEntry {
  /** `100644`, `100755`, `120000` for a link, `160000` for a submodule. */
  mode: string
  object: string
  /** 0, or 1 to 3 in a conflict. */
  stage: number
  /** Bytes, one character each (latin1). */
  path: string
}

export async function readIndex(host: Host, { place }: Shadow): Promise<IndexEntry[]> {
  const text = await git(host, place, ['ls-files', '--stage', '-z'])
  return text
    .split('\0')
    .slice(0, -1)
    .map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', object = '', stage = ''] = line.slice(0, tab).split(' ')
      return { mode, object, stage: Number(stage), path: line.slice(tab + 1) }
    })
}

/**
 * Writes the shadow's index anew, for a guest. What git holds for unchanged on this host keeps its time and size; the
 * rest loses them, so that the guest's git looks for itself, whatever the times are. Forms of the index that not every
 * git can read are gone.
 */
export async function settleIndex(host: Host, { place }: Shadow): Promise<void> {
  const differing = await git(host, place, [
    'diff-files',
    '--raw',
    '-z',
    '--no-renames',
    '--no-abbrev',
    '--ignore-submodules=all',
  ])
  const entries = parseRaw(differing)
  // A file in conflict is listed as such, and once more.
  const unmerged = new Set(entries.filter(({ status }) => status === 'U').map(({ path }) => path))
  const lines = entries.flatMap(({ mode, object, status, path }) =>
    (status === 'M' || status === 'T') && !unmerged.has(path) ? [`${mode} ${object} 0\t${path}\0`] : [],
  )
  await git(
    host,
    place,
    ['update-index', '--index-version', '2', '--no-split-index', '--no-untracked-cache', '-z', '--index-info'],
    { input: lines.join('') },
  )
}

/** Of `--raw -z`: the side that was, and how it differs. */
export function parseRaw(text: string): { mode: string; object: string; status: string; path: string }[] {
  const parts = text.split('\0')
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => {
    const [mode = '', , object = '', , status = ''] = (parts[2 * index] ?? '').slice(1).split(' ')
    return { mode, object, status: status.charAt(0), path: parts[2 * index + 1] ?? '' }
  })
}
