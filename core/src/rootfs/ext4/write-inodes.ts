import type { Extent, Node } from '../tree/node.ts'
import type { BlockAllocator } from './block-allocator.ts'
import type { BlockWriter } from './block-writer.ts'
import { encodeDirectory } from './encode-directory.ts'
import { buildExtentTree } from './extents.ts'
import { blockBytes, extentsFlag, fastSymlinkBytes, indexFlag, inodeBytes } from './format.ts'
import { encodeDevice, encodeInode, type InodeParts } from './inode.ts'
import { numberNodes, type Numbered } from './number-nodes.ts'
import { encodeInline } from './xattrs.ts'
import { XattrBlocks } from './xattr-blocks.ts'

/** A directory's links beyond this are not counted: its link count is 1 then (feature dir_nlink). */
const maxDirectoryLinks = 65_000

/** All inodes, one after the other, the first one (number 1) at offset 0. */
export interface InodeTable {
  bytes: Buffer
  /** How many, reserved ones counted. */
  count: number
  /** Numbers of those that are directories, rising. */
  directories: number[]
}

/** Writes directories, long symlinks, extent trees and attribute blocks, and returns the inodes that lead to them. */
export async function writeInodes(root: Node, allocator: BlockAllocator, writer: BlockWriter): Promise<InodeTable> {
  const numbered = numberNodes(root)
  const bytes = Buffer.alloc(numbered.last * inodeBytes)
  const xattrBlocks = new XattrBlocks(allocator)
  const directories: number[] = []
  for (const node of numbered.nodes) {
    const content = await writeContent(node, numbered, allocator, writer)
    const { xattrs } = node
    const inlineXattrs = xattrs.length > 0 ? encodeInline(xattrs) : undefined
    const xattrBlock = xattrs.length > 0 && !inlineXattrs ? xattrBlocks.add(xattrs) : 0
    const blocks = content.blocks + (xattrBlock ? 1 : 0)
    encodeInode(bytes, (node.number - 1) * inodeBytes, node, { ...content, blocks, inlineXattrs, xattrBlock })
    if (node.type === 'directory') directories.push(node.number)
  }
  await xattrBlocks.write(writer)
  return { bytes, count: numbered.last, directories: directories.sort((a, b) => a - b) }
}

type Content = Omit<InodeParts, 'inlineXattrs' | 'xattrBlock'>

async function writeContent(node: Node, numbered: Numbered, allocator: BlockAllocator, writer: BlockWriter): Promise<Content> {
  if (node.type === 'file')
    return writeExtents(node.extents, { size: node.size, links: node.links, flags: extentsFlag }, allocator, writer)
  if (node.type === 'directory') {
    const { bytes, indexed } = encodeDirectory(node, numbered.parents.get(node) ?? node)
    const parts = { size: bytes.length, links: directoryLinks(node), flags: extentsFlag | (indexed ? indexFlag : 0) }
    return writeExtents(await writeBlocks(bytes, allocator, writer), parts, allocator, writer)
  }
  const parts = { size: node.target.length, links: node.links, flags: 0, blocks: 0 }
  if (node.type === 'symlink' && node.target.length >= fastSymlinkBytes) {
    const block = Buffer.alloc(blockBytes)
    block.write(node.target, 'latin1')
    return writeExtents(await writeBlocks(block, allocator, writer), { ...parts, flags: extentsFlag }, allocator, writer)
  }
  if (node.type === 'character' || node.type === 'block') return { ...parts, block: encodeDevice(node.device) }
  const block = Buffer.alloc(60)
  block.write(node.target, 'latin1')
  return { ...parts, block }
}

async function writeBlocks(bytes: Buffer, allocator: BlockAllocator, writer: BlockWriter): Promise<Extent[]> {
  const count = bytes.length / blockBytes
  const physical = allocator.allocate(count)
  await writer.writeAt(physical, bytes)
  return [{ logical: 0, physical, count }]
}

async function writeExtents(
  extents: Extent[],
  parts: Omit<Content, 'block' | 'blocks'>,
  allocator: BlockAllocator,
  writer: BlockWriter,
): Promise<Content> {
  const tree = buildExtentTree(extents, () => allocator.allocate(1))
  for (const { block, bytes } of tree.blocks) await writer.writeAt(block, bytes)
  const data = extents.reduce((sum, { count }) => sum + count, 0)
  return { ...parts, block: tree.root, blocks: data + tree.blocks.length }
}

function directoryLinks(node: Node): number {
  let links = 2
  for (const { node: child } of node.children?.values() ?? []) if (child.type === 'directory') links++
  return links > maxDirectoryLinks ? 1 : links
}
