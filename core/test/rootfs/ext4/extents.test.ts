import { expect, test } from 'vitest'
import { buildExtentTree } from '../../../src/rootfs/ext4/extents.ts'

test('up to four extents lie in the inode', () => {
  const tree = buildExtentTree([{ logical: 0, physical: 500, count: 3 }], () => 0)
  expect(tree.blocks).toEqual([])
  expect(tree.root.readUInt16LE(2)).toBe(1)
  expect([tree.root.readUInt32LE(12), tree.root.readUInt16LE(16), tree.root.readUInt32LE(20)]).toEqual([0, 3, 500])
})

test('a long run is cut into extents of 32,768 blocks', () => {
  const tree = buildExtentTree([{ logical: 10, physical: 500, count: 70_000 }], () => 0)
  const counts = [16, 28, 40].map((at) => tree.root.readUInt16LE(at))
  expect(counts).toEqual([32_768, 32_768, 4464])
})

test('thousands of extents make a tree of blocks, each of which is used once', () => {
  let next = 1
  const extents = Array.from({ length: 5000 }, (_, index) => ({ logical: 2 * index, physical: index, count: 1 }))
  const tree = buildExtentTree(extents, () => next++)
  expect(tree.root.readUInt16LE(6)).toBe(2)
  expect(tree.blocks.map(({ block }) => block)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
})
