import type { BlockAllocator } from './block-allocator.ts'
import { blocksPerGroup, inodesPerBlock } from './format.ts'

/** Where the bookkeeping of one block group lies: with flex_bg, anywhere. */
export interface Group {
  blockBitmap: number
  inodeBitmap: number
  inodeTable: number
}

export interface GroupLayout {
  groups: Group[]
  inodesPerGroup: number
  /** Blocks of the whole filesystem. */
  blocks: number
}

/**
 * Finds the number of groups for all that was written, plus their own bookkeeping, and allocates that.
 * @param inodes how many are used
 */
export function layOutGroups(allocator: BlockAllocator, inodes: number): GroupLayout {
  let count = 1
  while (!enough(count, allocator.next, inodes)) count++
  const inodesPerGroup = perGroup(inodes, count)
  const bitmaps = Array.from({ length: count }, () => ({
    blockBitmap: allocator.allocate(1),
    inodeBitmap: allocator.allocate(1),
  }))
  const groups = bitmaps.map((group) => ({ ...group, inodeTable: allocator.allocate(inodesPerGroup / inodesPerBlock) }))
  return { groups, inodesPerGroup, blocks: Math.max(allocator.next, (count - 1) * blocksPerGroup + 1) }
}

function enough(count: number, used: number, inodes: number): boolean {
  const inodesPerGroup = perGroup(inodes, count)
  const own = count * (2 + inodesPerGroup / inodesPerBlock)
  // a bitmap has one block, so a group has as many inodes as blocks at most
  return inodesPerGroup <= blocksPerGroup && used + own <= count * blocksPerGroup
}

/** Whole blocks of inodes. */
function perGroup(inodes: number, count: number): number {
  return Math.ceil(inodes / count / inodesPerBlock) * inodesPerBlock
}
