import { InvalidImage, showName } from '../invalid-image.ts'
import type { TarEntry } from '../tar/entry.ts'
import type { Xattr } from '../tree/node.ts'
import { encodeAcl } from './acl.ts'
import { blockBytes, inodeBytes } from './format.ts'
import { inlineXattrStart } from './inode.ts'

const magic = 0xea020000
const blockHeaderBytes = 32

/** Prefixes that are kept as numbers (https://docs.kernel.org/filesystems/ext4/attributes.html). */
const prefixes: [prefix: string, index: number][] = [
  ['system.posix_acl_default', 3],
  ['system.posix_acl_access', 2],
  ['security.', 6],
  ['trusted.', 4],
  ['user.', 1],
]

/**
 * A member's attributes as they are stored, in the order that lookups rely on: by index, length of name, name. Left out is what no
 * Linux could show: those of namespaces that it does not have (macOS puts `com.apple.…` into tars), and `user.…` of what is no file
 * or folder.
 * @throws InvalidImage naming the member, when ext4 cannot keep them
 */
export function toXattrs({ path, type, xattrs }: Pick<TarEntry, 'path' | 'type' | 'xattrs'>): Xattr[] {
  const hasUsers = type === 'file' || type === 'directory'
  const list = [...(xattrs ?? [])].flatMap(([full, value]): Xattr[] => {
    const found = prefixes.find(([prefix]) => full.startsWith(prefix))
    if (!found || (found[0] === 'user.' && !hasUsers)) return []
    const [prefix, index] = found
    const name = Buffer.from(full.slice(prefix.length), 'latin1')
    if (name.length > 255 || (name.length === 0) !== isAcl(index) || name.includes(0))
      throw new InvalidImage(`${showName(path)} has an extended attribute with a bad name: ${showName(full)}`)
    // a copy: the value is a part of a header that is not kept
    return [{ index, name, value: isAcl(index) ? encodeAcl(value) : Buffer.from(value) }]
  })
  list.sort((a, b) => a.index - b.index || a.name.length - b.name.length || Buffer.compare(a.name, b.name))
  if (!place(list, Buffer.alloc(blockBytes), blockHeaderBytes, 1))
    throw new InvalidImage(`${showName(path)} has more than 4 KiB of extended attributes`)
  return list
}

function isAcl(index: number): boolean {
  return index === 2 || index === 3
}

/** The attributes for the rest of an inode, or undefined when they do not fit there. */
export function encodeInline(xattrs: Xattr[]): Buffer | undefined {
  const bytes = Buffer.alloc(inodeBytes - inlineXattrStart)
  bytes.writeUInt32LE(magic, 0)
  // offsets of values count from the first entry, and the kernel leaves hashes out here
  return place(xattrs, bytes.subarray(4), 0, 0) ? bytes : undefined
}

/** The attributes as a block of their own. They fit there: `toXattrs` has tried. */
export function encodeXattrBlock(xattrs: Xattr[], references: number): Buffer {
  const bytes = Buffer.alloc(blockBytes)
  place(xattrs, bytes, blockHeaderBytes, 1)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeUInt32LE(references, 4)
  bytes.writeUInt32LE(1, 8)
  bytes.writeUInt32LE(xattrs.reduce((hash, xattr) => rotate(hash, 16) ^ entryHash(xattr), 0) >>> 0, 12)
  return bytes
}

/** Entries from `start` on, values from the end backwards; four zero bytes end the entries. */
function place(xattrs: Xattr[], bytes: Buffer, start: number, hashed: 0 | 1): boolean {
  let at = start
  let end = bytes.length
  for (const xattr of xattrs) {
    const { index, name, value } = xattr
    const entryEnd = at + 16 + pad(name.length)
    const valueAt = end - pad(value.length)
    if (entryEnd + 4 > valueAt) return false
    bytes.writeUInt8(name.length, at)
    bytes.writeUInt8(index, at + 1)
    bytes.writeUInt16LE(value.length > 0 ? valueAt : 0, at + 2)
    bytes.writeUInt32LE(value.length, at + 8)
    bytes.writeUInt32LE(hashed ? entryHash(xattr) : 0, at + 12)
    bytes.set(name, at + 16)
    bytes.set(value, valueAt)
    at = entryEnd
    end = valueAt
  }
  return true
}

/** As ext4_xattr_hash_entry in the kernel's fs/ext4/xattr.c. */
function entryHash({ name, value }: Xattr): number {
  let hash = 0
  for (const byte of name) hash = rotate(hash, 5) ^ byte
  if (value.length > 0) {
    const padded = Buffer.alloc(pad(value.length))
    padded.set(value)
    for (let at = 0; at < padded.length; at += 4) hash = rotate(hash, 16) ^ padded.readUInt32LE(at)
  }
  return hash >>> 0
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function pad(length: number): number {
  return (length + 3) & ~3
}
