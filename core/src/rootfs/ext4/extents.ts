import type { Extent } from '../tree/node.ts'
import { blockBytes } from './format.ts'

/** Blocks of one initialised extent at most. */
const maxExtentBlocks = 32_768
const entryBytes = 12
/** Entries in the 60 bytes of an inode, and in a block. */
const perInode = 4
const perBlock = Math.floor((blockBytes - entryBytes) / entryBytes)

/** What the tree of extents of one file needs: 60 bytes for the inode, and blocks of its own where it is large. */
export interface ExtentTree {
  root: Buffer
  blocks: { block: number; bytes: Buffer }[]
}

/**
 * Builds the extent tree of a file (https://docs.kernel.org/filesystems/ext4/ifork.html#extent-tree).
 * @param extents in the order of their logical blocks
 * @param allocate gives a block of the filesystem
 */
export function buildExtentTree(extents: Extent[], allocate: () => number): ExtentTree {
  const blocks: ExtentTree['blocks'] = []
  let depth = 0
  let level = splitLong(extents).map((extent) => ({ logical: extent.logical, bytes: leafEntry(extent) }))
  while (level.length > perInode) {
    const above: typeof level = []
    for (let at = 0; at < level.length; at += perBlock) {
      const entries = level.slice(at, at + perBlock)
      const block = allocate()
      blocks.push({ block, bytes: encodeNode(entries, perBlock, depth, blockBytes) })
      above.push({ logical: entries[0]?.logical ?? 0, bytes: indexEntry(entries[0]?.logical ?? 0, block) })
    }
    level = above
    depth++
  }
  return { root: encodeNode(level, perInode, depth, 60), blocks }
}

function splitLong(extents: Extent[]): Extent[] {
  return extents.flatMap(({ logical, physical, count }) => {
    const parts: Extent[] = []
    for (let at = 0; at < count; at += maxExtentBlocks) {
      parts.push({ logical: logical + at, physical: physical + at, count: Math.min(maxExtentBlocks, count - at) })
    }
    return parts
  })
}

function encodeNode(entries: { bytes: Buffer }[], max: number, depth: number, size: number): Buffer {
  const node = Buffer.alloc(size)
  node.writeUInt16LE(0xf30a, 0)
  node.writeUInt16LE(entries.length, 2)
  node.writeUInt16LE(max, 4)
  node.writeUInt16LE(depth, 6)
  for (const [index, { bytes }] of entries.entries()) node.set(bytes, entryBytes * (index + 1))
  return node
}

function leafEntry({ logical, physical, count }: Extent): Buffer {
  const entry = Buffer.alloc(entryBytes)
  entry.writeUInt32LE(logical, 0)
  entry.writeUInt16LE(count, 4)
  entry.writeUInt32LE(physical, 8)
  return entry
}

function indexEntry(logical: number, block: number): Buffer {
  const entry = Buffer.alloc(entryBytes)
  entry.writeUInt32LE(logical, 0)
  entry.writeUInt32LE(block, 4)
  return entry
}
