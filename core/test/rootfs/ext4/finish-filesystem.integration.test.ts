import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BlockAllocator } from '../../../src/rootfs/ext4/block-allocator.ts'
import { BlockWriter } from '../../../src/rootfs/ext4/block-writer.ts'
import { finishFilesystem } from '../../../src/rootfs/ext4/finish-filesystem.ts'
import { newDirectory, newNode } from '../../../src/rootfs/tree/node.ts'
import { debugfs, e2fsck } from '../debugfs.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const image = join(temporaryFolder(), 'image.ext4')

test('a file of 20 GiB needs more groups than one block of descriptors holds', async () => {
  const count = 5 * 2 ** 20
  const allocator = new BlockAllocator()
  // its blocks are never written: the image file is one large hole
  const extents = [{ logical: 0, physical: allocator.allocate(count), count }]
  const file = { ...newNode('file'), links: 1, size: count * 4096, extents }
  const root = { ...newDirectory(), links: 1, children: new Map([['file', { node: file, layer: 0 }]]) }
  const writer = await BlockWriter.create(image)
  await finishFilesystem(root, allocator, writer)
  await writer.file.close()
  expect(e2fsck(image)).toBe('')
  expect(debugfs(image, ['stat /file'])).toContain(`Size: ${count * 4096}`)
})
