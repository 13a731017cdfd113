import { InvalidImage } from '../invalid-image.ts'
import type { DiskInode, Ext4File } from './ext4-file.ts'

/** The first `count` blocks of an inode's content, as numbers of blocks of the filesystem; 0 is a hole. */
export async function mapBlocks(ext4: Ext4File, inode: DiskInode, count: number): Promise<number[]> {
  const blocks = new Array<number>(count).fill(0)
  if (inode.extents) await followExtents(ext4, inode.block, { blocks, depth: 5, nodes: { left: 5 + 2 * count } })
  else await followLists(ext4, inode.block, blocks)
  return blocks
}

/** A damaged tree must not lead in circles, or to the same nodes again and again. */
interface Walk {
  blocks: number[]
  /** Levels that may still come. */
  depth: number
  nodes: { left: number }
}

async function followExtents(ext4: Ext4File, node: Buffer, { blocks, depth, nodes }: Walk): Promise<void> {
  if (node.readUInt16LE(0) !== 0xf30a || depth < 0 || nodes.left-- === 0)
    throw new InvalidImage('it is damaged: a file has a bad extent tree')
  const entries = Math.min(node.readUInt16LE(2), Math.floor(node.length / 12) - 1)
  const leaf = node.readUInt16LE(6) === 0
  for (let at = 12; at < 12 * (entries + 1); at += 12) {
    const logical = node.readUInt32LE(at)
    if (logical >= blocks.length) return
    if (!leaf) {
      const below = await ext4.block(node.readUInt32LE(at + 4) + node.readUInt16LE(at + 8) * 2 ** 32)
      await followExtents(ext4, below, { blocks, depth: depth - 1, nodes })
      continue
    }
    const length = node.readUInt16LE(at + 4)
    // a longer one is allocated and not written yet: zeros
    if (length > 32_768) continue
    const physical = node.readUInt32LE(at + 8) + node.readUInt16LE(at + 6) * 2 ** 32
    for (let index = 0; index < length && logical + index < blocks.length; index++) blocks[logical + index] = physical + index
  }
}

/** ext2's way: 12 blocks, then a list of blocks, a list of lists, and one more. */
async function followLists(ext4: Ext4File, block: Buffer, blocks: number[]): Promise<void> {
  let at = 0
  const follow = async (number: number, depth: number): Promise<void> => {
    if (at >= blocks.length) return
    if (depth === 0) blocks[at++] = number
    else if (number === 0) at += (ext4.blockBytes / 4) ** depth
    else {
      const list = await ext4.block(number)
      for (let index = 0; index < list.length && at < blocks.length; index += 4) await follow(list.readUInt32LE(index), depth - 1)
    }
  }
  for (let index = 0; index < 15; index++) await follow(block.readUInt32LE(4 * index), Math.max(0, index - 11))
}
