import { createHash } from 'node:crypto'
import type { Node } from '../tree/node.ts'
import type { BlockAllocator } from './block-allocator.ts'
import type { BlockWriter } from './block-writer.ts'
import { blockBytes } from './format.ts'
import { layOutGroups } from './group-layout.ts'
import { writeGroups } from './write-groups.ts'
import { writeInodes } from './write-inodes.ts'

/**
 * Writes everything but the files' contents, which are there already. The file has its final length afterwards.
 * @returns bytes of the filesystem
 */
export async function finishFilesystem(root: Node, allocator: BlockAllocator, writer: BlockWriter): Promise<number> {
  const table = await writeInodes(root, allocator, writer)
  const layout = layOutGroups(allocator, table.count)
  await writeGroups(layout, table, allocator, writer, uuidOf(table.bytes))
  await writer.drain()
  const size = layout.blocks * blockBytes
  await writer.file.truncate(size)
  return size
}

/** A UUID (version 8: made by a rule of our own) that follows from the inodes. */
function uuidOf(inodes: Buffer): Buffer {
  const uuid = createHash('sha256').update(inodes).digest().subarray(0, 16)
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x80, 6)
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8)
  return uuid
}
