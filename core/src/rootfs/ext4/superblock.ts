import { blockBytes, blocksPerGroup, firstInode, inodeBytes } from './format.ts'

const compatible = { extAttr: 0x8, dirIndex: 0x20, sparseSuper2: 0x200 }
const incompatible = { filetype: 0x2, extents: 0x40, flexBg: 0x200 }
const readOnlyCompatible = { largeFile: 0x2, hugeFile: 0x8, dirNlink: 0x20, extraIsize: 0x40 }

export interface Superblock {
  blocks: number
  freeBlocks: number
  inodes: number
  freeInodes: number
  inodesPerGroup: number
  uuid: Buffer
}

/** Mixed into the hashes of names in large directories. Any value does; one for all keeps images equal. */
export const hashSeed: readonly [number, number, number, number] = [0x62616e67, 0x65722d72, 0x6f6f7466, 0x732d7631]
/** half_md4, of unsigned characters */
export const hashVersion = 1

/**
 * The first block: 1024 bytes of nothing, then the superblock (https://docs.kernel.org/filesystems/ext4/super.html). There are no
 * backups (sparse_super2 with none named): nothing but data lies in the way of the stream. Every time is 0.
 */
export function encodeSuperblock(fields: Superblock): Buffer {
  const block = Buffer.alloc(blockBytes)
  const bytes = block.subarray(1024, 2048)
  const u32 = (at: number, value: number) => bytes.writeUInt32LE(value, at)
  const u16 = (at: number, value: number) => bytes.writeUInt16LE(value, at)
  u32(0x00, fields.inodes)
  u32(0x04, fields.blocks)
  u32(0x0c, fields.freeBlocks)
  u32(0x10, fields.freeInodes)
  u32(0x18, 2) // 1024 << 2 bytes a block
  u32(0x1c, 2)
  u32(0x20, blocksPerGroup)
  u32(0x24, blocksPerGroup)
  u32(0x28, fields.inodesPerGroup)
  u16(0x36, 0xffff) // never check because of mounts
  u16(0x38, 0xef53)
  u16(0x3a, 1) // clean
  u16(0x3c, 1) // on errors: continue
  u32(0x4c, 1) // revision with the fields below
  u32(0x54, firstInode)
  u16(0x58, inodeBytes)
  u32(0x5c, compatible.extAttr | compatible.dirIndex | compatible.sparseSuper2)
  u32(0x60, incompatible.filetype | incompatible.extents | incompatible.flexBg)
  u32(
    0x64,
    readOnlyCompatible.largeFile | readOnlyCompatible.hugeFile | readOnlyCompatible.dirNlink | readOnlyCompatible.extraIsize,
  )
  bytes.set(fields.uuid.subarray(0, 16), 0x68)
  for (const [index, word] of hashSeed.entries()) u32(0xec + 4 * index, word)
  bytes.writeUInt8(hashVersion, 0xfc)
  u16(0x15c, 32) // every inode has 32 more bytes of fields,
  u16(0x15e, 32) // and new ones shall, too
  u32(0x160, 0x2) // hashes are of unsigned characters
  bytes.writeUInt8(4, 0x174) // 16 groups are a flexible one
  return block
}
