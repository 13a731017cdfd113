import { InvalidImage } from '../invalid-image.ts'
import type { TarEntry } from './entry.ts'

interface AclEntry {
  tag: number
  permissions: number
}

const access = 'system.posix_acl_access'
const byDefault = 'system.posix_acl_default'
const [own, namedUser, group, namedGroup, mask, other] = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20]

/**
 * Settles what a member's access control lists mean, as Linux does when they are set: the list rules over the mode, one that says
 * no more than the mode is not kept, and symlinks have none.
 * @throws InvalidImage when Linux would not take it
 */
export function settleAcls(entry: TarEntry): void {
  const { xattrs, type } = entry
  const list = xattrs?.get(access)
  if (list) {
    const entries = parseAcl(list)
    if (type !== 'symlink' && entries.length > 0) entry.mode = (entry.mode & ~0o777) | modeOf(entries)
    if (type === 'symlink' || entries.length <= 3) xattrs?.delete(access)
  }
  const handedDown = xattrs?.get(byDefault)
  if (handedDown && (parseAcl(handedDown).length === 0 || type !== 'directory')) xattrs?.delete(byDefault)
}

/** The attribute's form: version 2, then 8 bytes for each entry (include/uapi/linux/posix_acl_xattr.h of the kernel). */
function parseAcl(attribute: Buffer): AclEntry[] {
  if (attribute.length === 0) return []
  const count = (attribute.length - 4) / 8
  if (attribute.length < 4 || attribute.readUInt32LE(0) !== 2 || !Number.isInteger(count)) throw bad()
  const entries = Array.from({ length: count }, (_, index) => ({
    tag: attribute.readUInt16LE(4 + 8 * index),
    permissions: attribute.readUInt16LE(6 + 8 * index),
  }))
  if (count > 0) check(entries)
  return entries
}

/** As posix_acl_valid in the kernel's fs/posix_acl.c: in order, the three plain entries once each, a mask where someone is named. */
function check(entries: AclEntry[]): void {
  const tags = entries.map(({ tag }) => tag)
  const isNamed = tags.includes(namedUser) || tags.includes(namedGroup)
  const single = [own, group, other, ...(isNamed || tags.includes(mask) ? [mask] : [])]
  const inOrder = tags.every((tag, index) => index === 0 || tag >= (tags[index - 1] ?? 0))
  const known = tags.every((tag) => tag === namedUser || tag === namedGroup || single.includes(tag))
  const once = single.every((tag) => tags.filter((each) => each === tag).length === 1)
  if (!inOrder || !known || !once || entries.some(({ permissions }) => permissions > 7)) throw bad()
}

function modeOf(entries: AclEntry[]): number {
  const of = (tag: number) => entries.find((entry) => entry.tag === tag)?.permissions
  return ((of(own) ?? 0) << 6) | ((of(mask) ?? of(group) ?? 0) << 3) | (of(other) ?? 0)
}

function bad(): InvalidImage {
  return new InvalidImage('the tar has an access control list that is none')
}
