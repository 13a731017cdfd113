const diskVersion = 1
const attributeEntryBytes = 8
const [namedUser, namedGroup] = [0x02, 0x08]

/**
 * A valid access control list as ext4 stores it (version 1: ids only where they mean something), from the form in which the
 * attribute `system.posix_acl_*` is read and written (version 2: every entry with an id). Formats: fs/ext4/acl.h and
 * include/uapi/linux/posix_acl_xattr.h of the kernel.
 */
export function encodeAcl(attribute: Buffer): Buffer {
  const disk = Buffer.alloc(attribute.length)
  disk.writeUInt32LE(diskVersion, 0)
  let at = 4
  for (let from = 4; from < attribute.length; from += attributeEntryBytes) {
    const tag = attribute.readUInt16LE(from)
    const size = tag === namedUser || tag === namedGroup ? 8 : 4
    attribute.copy(disk, at, from, from + size)
    at += size
  }
  return disk.subarray(0, at)
}
