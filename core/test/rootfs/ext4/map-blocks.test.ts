import { expect, test } from 'vitest'
import type { Ext4File } from '../../../src/rootfs/ext4/ext4-file.ts'
import { mapBlocks } from '../../../src/rootfs/ext4/map-blocks.ts'
import { InvalidImage } from '../../../src/rootfs/invalid-image.ts'

test('a tree of extents whose every entry leads to the same node again is refused at once', async () => {
  const node = Buffer.alloc(4096)
  node.writeUInt16LE(0xf30a, 0)
  node.writeUInt16LE(340, 2)
  node.writeUInt16LE(4, 6)
  for (let at = 12; at < 12 * 341; at += 12) node.writeUInt32LE(7, at + 4)
  let reads = 0
  const block = async () => {
    reads++
    return node
  }
  const ext4 = { blockBytes: 4096, block } as unknown as Ext4File
  const inode = { mode: 0o100644, size: 4096, extents: true, block: node.subarray(0, 60) }
  await expect(mapBlocks(ext4, inode, 1)).rejects.toThrow(InvalidImage)
  expect(reads).toBeLessThan(10)
})
