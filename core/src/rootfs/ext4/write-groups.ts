import type { BlockAllocator } from './block-allocator.ts'
import type { BlockWriter } from './block-writer.ts'
import {
  blockBytes,
  blocksPerGroup,
  descriptorBytes,
  descriptorBlocks,
  descriptorsPerBlock,
  firstInode,
  inodeBytes,
} from './format.ts'
import type { GroupLayout } from './group-layout.ts'
import { encodeSuperblock } from './superblock.ts'
import type { InodeTable } from './write-inodes.ts'

/** Writes bitmaps, inode tables, group descriptors and the superblock: what makes a filesystem of the blocks. */
export async function writeGroups(
  layout: GroupLayout,
  table: InodeTable,
  allocator: BlockAllocator,
  writer: BlockWriter,
  uuid: Buffer,
): Promise<void> {
  const { groups, inodesPerGroup } = layout
  const free = freeRuns(layout, allocator)
  const descriptors = Buffer.alloc(Math.ceil(groups.length / descriptorsPerBlock) * blockBytes)
  let freeBlocks = 0
  const used = Math.max(table.count, firstInode - 1)
  for (const [index, group] of groups.entries()) {
    const bitmap = blockBitmap(index, layout.blocks, free)
    const usedHere = Math.min(Math.max(used - index * inodesPerGroup, 0), inodesPerGroup)
    await writer.writeAt(group.blockBitmap, bitmap.bytes)
    freeBlocks += bitmap.free
    const at = index * descriptorBytes
    descriptors.writeUInt32LE(group.blockBitmap, at)
    descriptors.writeUInt32LE(group.inodeBitmap, at + 4)
    descriptors.writeUInt32LE(group.inodeTable, at + 8)
    descriptors.writeUInt16LE(bitmap.free, at + 12)
    descriptors.writeUInt16LE(inodesPerGroup - usedHere, at + 14)
    descriptors.writeUInt16LE(directoriesOf(index, inodesPerGroup, table), at + 16)
    await writer.writeAt(group.inodeBitmap, inodeBitmap(usedHere, inodesPerGroup))
  }
  for (const [index, group] of groups.entries()) {
    const size = inodesPerGroup * inodeBytes
    const own = table.bytes.subarray(index * size, (index + 1) * size)
    await writer.seek(group.inodeTable)
    await writer.append(own)
    await writer.appendZeros(size - own.length)
  }
  const inodes = inodesPerGroup * groups.length
  const superblock = encodeSuperblock({
    blocks: layout.blocks,
    freeBlocks,
    inodes,
    freeInodes: inodes - used,
    inodesPerGroup,
    uuid,
  })
  await writer.writeAt(0, Buffer.concat([superblock, descriptors]))
}

type Run = { start: number; end: number }

/** All that no one uses: what was given back, descriptor blocks that are not needed, and the rest behind the last block. */
function freeRuns({ groups, blocks }: GroupLayout, allocator: BlockAllocator): Run[] {
  const descriptorsEnd = 1 + Math.ceil(groups.length / descriptorsPerBlock)
  return [
    { start: descriptorsEnd, end: 1 + descriptorBlocks },
    ...allocator.free.map(({ start, count }) => ({ start, end: start + count })),
    { start: allocator.next, end: blocks },
  ]
}

/** Bits of used blocks are set, also those beyond the filesystem's end. */
function blockBitmap(group: number, blocks: number, free: Run[]): { bytes: Buffer; free: number } {
  const bytes = Buffer.alloc(blockBytes, 0xff)
  const first = group * blocksPerGroup
  const last = Math.min(first + blocksPerGroup, blocks)
  let count = 0
  for (const run of free) {
    const start = Math.max(run.start, first)
    const end = Math.min(run.end, last)
    if (end <= start) continue
    fillBits(bytes, start - first, end - first, false)
    count += end - start
  }
  return { bytes, free: count }
}

/** Bits of used inodes are set, also those beyond the group's last. */
function inodeBitmap(used: number, inodesPerGroup: number): Buffer {
  const bytes = Buffer.alloc(blockBytes, 0xff)
  fillBits(bytes, used, inodesPerGroup, false)
  return bytes
}

function fillBits(bytes: Buffer, start: number, end: number, value: boolean): void {
  for (let bit = start; bit < end; ) {
    if (bit % 8 === 0 && end - bit >= 8) {
      const whole = Math.floor((end - bit) / 8)
      bytes.fill(value ? 0xff : 0, bit / 8, bit / 8 + whole)
      bit += whole * 8
    } else {
      const mask = 1 << (bit % 8)
      const byte = bytes[bit >> 3] ?? 0
      bytes[bit >> 3] = value ? byte | mask : byte & ~mask
      bit++
    }
  }
}

function directoriesOf(group: number, inodesPerGroup: number, { directories }: InodeTable): number {
  const first = group * inodesPerGroup + 1
  return directories.filter((number) => number >= first && number < first + inodesPerGroup).length
}
