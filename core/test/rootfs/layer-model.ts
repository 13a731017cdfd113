import { ContentDigest, digestBlock, type Listed, type Listing, normalXattrs } from './listing.ts'
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
  if (merged.get(path)?.member.type === 'directory')
    for (const other of [...merged.keys()]) if (other.startsWith(`${path}/`)) merged.delete(other)
  merged.set(path, entry)
}

function implied(path: string): Member {
  return { path, type: 'directory', mode: 0o755 }
}

/** The tree that the model says, below a root of which nothing is said. */
export function listModel(model: Map<string, Modelled>): Listing {
  const all = new Map(model).set('/', { file: -1, member: { path: '/', type: 'directory' } })
  const links = new Map<number, number>()
  const add = (file: number) => links.set(file, (links.get(file) ?? 0) + 1)
  for (const [path, { file, member }] of all) {
    add(file)
    if (member.type !== 'directory') continue
    add(file)
    if (path !== '/') add(all.get(foldersOf(path).at(-1) ?? '/')?.file ?? -1)
  }
  return new Map([...all].map(([path, { file, member }]) => [path, list(member, file, links.get(file) ?? 0)]))
}

function list(member: Member, inode: number, links: number): Listed {
  const { type = 'file', uid = 0, gid = 0, mtime = 0, target = '', device, xattrs = {} } = member
  if (type === 'hardlink') throw new Error('a model holds what links lead to')
  const { size, digest } = contentOf(member)
  return {
    type,
    mode: type === 'symlink' ? 0o777 : (member.mode ?? (type === 'directory' ? 0o755 : 0o644)),
    uid,
    gid,
    size: type === 'symlink' ? target.length : type === 'file' ? size : 0,
    mtime: nanoseconds(mtime),
    links,
    target,
    device: device && (type === 'character' || type === 'block') ? device.join(':') : '',
    xattrs: normalXattrs(Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(value)])),
    digest: type === 'file' ? digest : '',
    inode,
  }
}

/** @param time seconds, as a tar says them: `-1.5` is half a second before -1 */
function nanoseconds(time: number | string): bigint {
  const [whole = '', fraction = ''] = String(time).split('.')
  const part = BigInt(fraction.padEnd(9, '0').slice(0, 9))
  return BigInt(whole) * 1_000_000_000n + (whole.startsWith('-') ? -part : part)
}

function contentOf({ content = '', pax = [] }: Member): { size: number; digest: string } {
  const stored = Buffer.from(content)
  const said = new Map(pax.map(([key, value]) => [key, String(value)]))
  const size = Number(said.get('GNU.sparse.size') ?? stored.length)
  const map = said.get('GNU.sparse.map')?.split(',').map(Number) ?? [0, stored.length]
  const blocks = new Map<number, Buffer>()
  let at = 0
  for (let index = 0; index + 1 < map.length; index += 2) {
    const [offset = 0, length = 0] = map.slice(index)
    for (let done = 0; done < length; ) {
      const block = Math.floor((offset + done) / digestBlock)
      const from = (offset + done) % digestBlock
      const part = stored.subarray(at, at + Math.min(length - done, digestBlock - from))
      const bytes = blocks.get(block) ?? Buffer.alloc(Math.min(digestBlock, size - block * digestBlock))
      part.copy(bytes, from)
      blocks.set(block, bytes)
      done += part.length
      at += part.length
    }
  }
  const digest = new ContentDigest()
  for (const [block, bytes] of [...blocks].sort(([a], [b]) => a - b)) digest.add(block, bytes)
  return { size, digest: digest.end() }
}

export function foldersOf(path: string): string[] {
  const names = path.split('/').slice(1, -1)
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
