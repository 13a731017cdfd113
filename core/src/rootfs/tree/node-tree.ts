import type { FileHandle } from 'node:fs/promises'
import { blockBytes } from '../ext4/format.ts'
import type { FileTree } from '../file-tree.ts'
import type { Node } from './node.ts'

/** The tree in memory as one to look around in; contents come from the file that holds its blocks. */
export function nodeTree(root: Node, file: FileHandle): FileTree<Node> {
  return {
    root,
    describe: (node) => node,
    lookup: (directory, name) => directory.children?.get(name)?.node,
    target: (symlink) => symlink.target,
    read: (node, limit) => readNode(node, Math.min(limit, node.size), file),
  }
}

async function readNode(node: Node, size: number, file: FileHandle): Promise<Buffer> {
  const bytes = Buffer.alloc(size)
  for (const { logical, physical, count } of node.extents) {
    const start = logical * blockBytes
    const end = Math.min(start + count * blockBytes, size)
    if (start < end) await file.read(bytes, start, end - start, physical * blockBytes)
  }
  return bytes
}
