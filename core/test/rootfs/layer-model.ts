import type { Member } from './make-tar.ts'

/**
 * What a stack of layers must come to, worked out in another way than the builder's: a plain map of paths for each layer, and
 * each layer as a whole put over what is below.
 */
export interface Modelled {
  /** Names that are one file have the same key. */
  file: number
  member: Member
}

const opaque = '.wh..wh..opq'

/** @param stack layers whose members are valid one after the other; implied folders count as members here */
export function modelOf(stack: Member[][]): Map<string, Modelled> {
  let files = 0
  let merged = new Map<string, Modelled>()
  for (const members of stack) {
    const hidden = hiddenBy(members)
    const below = [...merged].filter(([path]) => !hidden.some(({ path: gone, below: only }) => isAt(path, gone, only)))
    merged = new Map(below)
    for (const member of members) {
      const path = `/${member.path}`
      if (nameOf(path).startsWith('.wh.')) continue
      for (const folder of foldersOf(path))
        if (!merged.has(folder)) merged.set(folder, { file: files++, member: implied(folder) })
      const before = merged.get(path)
      if (member.type === 'hardlink') {
        const target = merged.get(`/${member.target}`)
        if (target) replace(merged, path, target)
      } else if (member.type === 'directory' && before?.member.type === 'directory')
        merged.set(path, { file: before.file, member })
      else replace(merged, path, { file: files++, member })
    }
  }
  return merged
}

function hiddenBy(members: Member[]): { path: string; below: boolean }[] {
  return members.flatMap(({ path }): { path: string; below: boolean }[] => {
    const full = `/${path}`
    const name = nameOf(full)
    if (!name.startsWith('.wh.')) return []
    const folder = full.slice(0, full.length - name.length - 1)
    return name === opaque ? [{ path: folder, below: true }] : [{ path: `${folder}/${name.slice(4)}`, below: false }]
  })
}

function isAt(path: string, gone: string, only: boolean): boolean {
  return path.startsWith(`${gone}/`) || (!only && path === gone)
}

function replace(merged: Map<string, Modelled>, path: string, entry: Modelled): void {
  for (const other of [...merged.keys()]) if (other.startsWith(`${path}/`)) merged.delete(other)
  merged.set(path, entry)
}

function implied(path: string): Member {
  return { path, type: 'directory', mode: 0o755 }
}

export function foldersOf(path: string): string[] {
  const names = path.split('/').slice(1, -1)
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
