import type { OsRelease } from '../hooks/distro.ts'
import { resolvePath, type FileTree } from './file-tree.ts'

/** No real one is larger. */
const maxBytes = 65_536

/** What the tree's os-release says, or undefined when it has none. */
export async function readOsRelease<N>(tree: FileTree<N>): Promise<OsRelease | undefined> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const node = await resolvePath(tree, path)
    if (node === undefined || tree.describe(node).type !== 'file') continue
    const os = parseOsRelease((await tree.read(node, maxBytes)).toString('utf8'))
    if (os) return os
  }
  return undefined
}

/**
 * Reads the shell-like assignments of https://www.freedesktop.org/software/systemd/man/latest/os-release.html.
 * @returns undefined when there is no ID and no NAME
 */
export function parseOsRelease(text: string): OsRelease | undefined {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z0-9_]+)=(.*?)\s*$/.exec(line)
    if (match?.[1]) fields.set(match[1], unquote(match[2] ?? ''))
  }
  if (!fields.has('ID') && !fields.has('NAME')) return undefined
  return {
    // the specification's default
    id: fields.get('ID') || 'linux',
    idLike: (fields.get('ID_LIKE') ?? '').split(/\s+/).filter((id) => id !== ''),
    ...(fields.get('VERSION_ID') ? { versionId: fields.get('VERSION_ID') } : {}),
    ...(fields.get('PRETTY_NAME') ? { prettyName: fields.get('PRETTY_NAME') } : {}),
  }
}

function unquote(value: string): string {
  if (value.length >= 2 && value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1)
  const inner = value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
  return inner.replace(/\\(.)/g, '$1')
}
