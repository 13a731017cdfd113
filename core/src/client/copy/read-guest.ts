import { fail } from '../../errors.ts'
import { InvalidImage, showName } from '../../rootfs/invalid-image.ts'
import type { TarEntry } from '../../rootfs/tar/entry.ts'
import { TarReader } from '../../rootfs/tar/read-tar.ts'
import type { CopyEntry, CopySource } from './copy-entry.ts'

/**
 * What a VM sends of a file or folder, as a tar whose first member is the copied thing itself. A guest is not trusted: a
 * name that is no plain path below it is refused.
 */
export function readGuest(tar: AsyncIterable<Uint8Array>, vm: string): CopySource {
  const source = { leftOut: 0, entries: read() }
  return source

  async function* read(): AsyncGenerator<CopyEntry> {
    const reader = new TarReader(tar)
    let top: string | undefined
    for (let member = await next(reader, vm); member; member = await next(reader, vm)) {
      const name = member.path.replace(/\/$/, '')
      top ??= name
      const entry = toEntry(member, name, top, reader, vm)
      if (entry) yield entry
      else source.leftOut++
    }
  }
}

async function next(reader: TarReader, vm: string): Promise<TarEntry | undefined> {
  return reader
    .next()
    .catch((error: unknown) => Promise.reject(error instanceof InvalidImage ? broken(vm, error.message) : error))
}

function toEntry(member: TarEntry, name: string, top: string, reader: TarReader, vm: string): CopyEntry | undefined {
  const { type, mode, mtime, size } = member
  if (type === 'character' || type === 'block' || type === 'fifo') return undefined
  if (member.segments) throw broken(vm, `it sent a file with holes: ${showName(name)}`)
  const target = type === 'hardlink' ? below(top, member.target, vm) : type === 'symlink' ? member.target : ''
  const content: CopyEntry['content'] = (sink) =>
    reader
      .copyData(sink)
      .catch((error: unknown) => Promise.reject(error instanceof InvalidImage ? broken(vm, error.message) : error))
  return { path: below(top, name, vm), type, mode, mtime, size, target, content }
}

/** A name relative to the top. @throws guest.refused for one that leads elsewhere */
function below(top: string, name: string, vm: string): string {
  if (name === top) return ''
  const path = name.startsWith(`${top}/`) ? name.slice(top.length + 1) : undefined
  const parts = path?.split('/') ?? ['..']
  if (path === undefined || name.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw broken(vm, `it sent a name that leads out of what was asked for: ${showName(name)}`)
  return path
}

function broken(vm: string, reason: string) {
  return fail('guest.refused', { name: vm, reason })
}
