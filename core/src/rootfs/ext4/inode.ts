import type { Node } from '../tree/node.ts'
import type { Time } from '../tar/entry.ts'
import { inodeBytes, modeBits } from './format.ts'

/** Bytes of the fields beyond the first 128. Extended attributes follow. */
const extraBytes = 32
export const inlineXattrStart = 128 + extraBytes

export interface InodeParts {
  size: number
  links: number
  /** Blocks of the filesystem that it occupies, its own metadata included. */
  blocks: number
  flags: number
  /** The 60 bytes of i_block. */
  block: Buffer
  /** Extended attributes kept in the inode. */
  inlineXattrs?: Buffer
  /** Block with the others, or 0. */
  xattrBlock: number
}

/** Writes an inode (https://docs.kernel.org/filesystems/ext4/inodes.html) at `offset` of a table. All times are the modification time. */
export function encodeInode(table: Buffer, offset: number, node: Node, parts: InodeParts): void {
  const inode = table.subarray(offset, offset + inodeBytes)
  const sectors = parts.blocks * 8
  const time = encodeTime(node.mtime)
  inode.writeUInt16LE(modeBits[node.type] | node.mode, 0)
  inode.writeUInt16LE(node.uid & 0xffff, 2)
  inode.writeUInt32LE(parts.size % 2 ** 32, 4)
  for (const at of [8, 12, 16]) inode.writeInt32LE(time.low, at)
  inode.writeUInt16LE(node.gid & 0xffff, 24)
  inode.writeUInt16LE(parts.links, 26)
  inode.writeUInt32LE(sectors % 2 ** 32, 28)
  inode.writeUInt32LE(parts.flags, 32)
  inode.set(parts.block, 40)
  inode.writeUInt32LE(parts.xattrBlock, 104)
  inode.writeUInt32LE(Math.floor(parts.size / 2 ** 32), 108)
  inode.writeUInt16LE(Math.floor(sectors / 2 ** 32), 116)
  inode.writeUInt16LE((node.uid / 2 ** 16) & 0xffff, 120)
  inode.writeUInt16LE((node.gid / 2 ** 16) & 0xffff, 122)
  inode.writeUInt16LE(extraBytes, 128)
  for (const at of [132, 136, 140, 148]) inode.writeUInt32LE(time.extra, at)
  inode.writeInt32LE(time.low, 144)
  if (parts.inlineXattrs) inode.set(parts.inlineXattrs, inlineXattrStart)
}

/** 34 bits of seconds, the highest two in the extra field beside the nanoseconds; what lies outside is cut to 1901 or 2446. */
function encodeTime({ seconds, nanoseconds }: Time): { low: number; extra: number } {
  const clamped = Math.min(Math.max(seconds, -(2 ** 31)), 2 ** 34 - 2 ** 31 - 1)
  const low = clamped | 0
  const epoch = (clamped - low) / 2 ** 32
  return { low, extra: nanoseconds * 4 + epoch }
}

/** i_block of a device: the old form where it fits, else the new one, as the kernel does it. */
export function encodeDevice({ major, minor }: Node['device']): Buffer {
  const block = Buffer.alloc(60)
  if (major < 256 && minor < 256) block.writeUInt32LE((major << 8) | minor, 0)
  else block.writeUInt32LE(((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0, 4)
  return block
}
