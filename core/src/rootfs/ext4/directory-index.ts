import type { Node } from '../tree/node.ts'
import { EntryBlock, type Entry, entriesOf } from './directory.ts'
import { blockBytes } from './format.ts'
import { hashName } from './name-hash.ts'
import { hashVersion } from './superblock.ts'

/** An entry of an index: names from this hash on are in that block. */
interface Pointer {
  hash: number
  block: number
}

const rootStart = 32
const nodeStart = 8
const perNode = (blockBytes - nodeStart) / 8
const perRoot = (blockBytes - rootStart) / 8

/**
 * A directory as a hash tree (https://docs.kernel.org/filesystems/ext4/directory.html#hash-tree-directories): the root block, then
 * blocks of index where one level is not enough, then the entries, sorted by hash.
 */
export function encodeIndexed(directory: Node, parent: Node): Buffer {
  const { leaves, firstHashes } = encodeLeaves(directory, parent)
  const nodes = leaves.length > perRoot ? Math.ceil(leaves.length / perNode) : 0
  const pointers = firstHashes.map((hash, index) => ({ hash, block: 1 + nodes + index }))
  const indexes: Buffer[] = []
  const top: Pointer[] = nodes === 0 ? pointers : []
  for (let at = 0; nodes > 0 && at < pointers.length; at += perNode) {
    const below = pointers.slice(at, at + perNode)
    top.push({ hash: below[0]?.hash ?? 0, block: 1 + indexes.length })
    indexes.push(encodeNode(below))
  }
  return Buffer.concat([encodeRoot(directory.number, parent.number, nodes > 0 ? 1 : 0, top), ...indexes, ...leaves])
}

function encodeLeaves(directory: Node, parent: Node): { leaves: Buffer[]; firstHashes: number[] } {
  const sorted = sortByHash(entriesOf(directory, parent))
  const leaves: Buffer[] = []
  const firstHashes = [0]
  const page = new EntryBlock()
  let last = 0
  for (const { hash, entry } of sorted) {
    if (!page.fits(entry)) {
      leaves.push(page.take())
      // the lowest bit says that names of this hash begin in the block before
      firstHashes.push(hash === last ? hash + 1 : hash)
    }
    page.add(entry)
    last = hash
  }
  leaves.push(page.take())
  return { leaves, firstHashes }
}

function sortByHash(entries: Iterable<Entry>): { hash: number; entry: Entry }[] {
  const hashed = [...entries].slice(2).map((entry) => ({ hash: hashName(entry.name), entry }))
  return hashed.sort((a, b) => a.hash - b.hash || (a.entry.name < b.entry.name ? -1 : 1))
}

/** `.` and `..` as in any directory, but `..` reaches to the block's end and hides the index from who reads plainly. */
function encodeRoot(own: number, parent: number, levels: number, pointers: Pointer[]): Buffer {
  const block = Buffer.alloc(blockBytes)
  block.writeUInt32LE(own, 0)
  block.writeUInt16LE(12, 4)
  block.set([1, 2, 0x2e], 6)
  block.writeUInt32LE(parent, 12)
  block.writeUInt16LE(blockBytes - 12, 16)
  block.set([2, 2, 0x2e, 0x2e], 18)
  block.set([hashVersion, 8, levels, 0], 28)
  return writePointers(block, rootStart, perRoot, pointers)
}

/** One unused entry over the whole block, with the index inside. */
function encodeNode(pointers: Pointer[]): Buffer {
  const block = Buffer.alloc(blockBytes)
  block.writeUInt16LE(blockBytes, 4)
  return writePointers(block, nodeStart, perNode, pointers)
}

/** The place of the first hash, which is lower than all, holds limit and count. */
function writePointers(block: Buffer, start: number, limit: number, pointers: Pointer[]): Buffer {
  for (const [index, { hash, block: number }] of pointers.entries()) {
    block.writeUInt32LE(hash, start + 8 * index)
    block.writeUInt32LE(number, start + 8 * index + 4)
  }
  block.writeUInt16LE(limit, start)
  block.writeUInt16LE(pointers.length, start + 2)
  return block
}
