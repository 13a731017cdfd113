import type { FileTree } from '../file-tree.ts'
import type { DiskInode, Ext4File } from './ext4-file.ts'
import { modeBits, rootInode } from './format.ts'
import { mapBlocks } from './map-blocks.ts'

const types = new Map<number, string>(Object.entries(modeBits).map(([type, bits]) => [bits, type]))

/** Folders are read up to here: what is looked for in them is not in one of millions. */
const maxDirectoryBytes = 8 << 20

/** The tree that an ext4 file holds. */
export async function ext4Tree(ext4: Ext4File): Promise<FileTree<DiskInode>> {
  return {
    root: await ext4.inode(rootInode),
    describe: ({ mode }) => ({ type: types.get(mode & 0o170000) ?? 'special', mode: mode & 0o7777 }),
    lookup: async (directory, name) => {
      const number = findEntry(await readContent(ext4, directory, maxDirectoryBytes), ext4.blockBytes, name)
      return number === 0 ? undefined : ext4.inode(number)
    },
    target: async (symlink) => {
      // a short target lies in the inode itself
      const bytes =
        !symlink.extents && symlink.size < 60 ? symlink.block.subarray(0, symlink.size) : await readContent(ext4, symlink, 4096)
      return bytes.toString('latin1')
    },
    read: (file, limit) => readContent(ext4, file, limit),
  }
}

async function readContent(ext4: Ext4File, inode: DiskInode, limit: number): Promise<Buffer> {
  const size = Math.min(inode.size, limit)
  const blocks = await mapBlocks(ext4, inode, Math.ceil(size / ext4.blockBytes))
  const pieces: Buffer[] = []
  for (const block of blocks) pieces.push(block === 0 ? Buffer.alloc(ext4.blockBytes) : await ext4.block(block))
  return Buffer.concat(pieces).subarray(0, size)
}

/** Index blocks of hashed folders look like blocks with one unused entry, so that all can be read alike. */
function findEntry(blocks: Buffer, blockBytes: number, name: string): number {
  for (let start = 0; start < blocks.length; start += blockBytes) {
    const end = start + blockBytes
    for (let at = start; at + 8 <= end; ) {
      const number = blocks.readUInt32LE(at)
      const size = blocks.readUInt16LE(at + 4)
      const length = blocks.readUInt8(at + 6)
      if (size < 8) break
      if (number !== 0 && length === name.length && blocks.toString('latin1', at + 8, at + 8 + length) === name) return number
      at += size
    }
  }
  return 0
}
