/** Numbers of the ext4 format (https://docs.kernel.org/filesystems/ext4/globals.html), as this writer uses them. */
export const blockBytes = 4096
/** One bitmap block's bits. */
export const blocksPerGroup = 32_768
export const inodeBytes = 256
export const inodesPerBlock = blockBytes / inodeBytes
export const descriptorBytes = 32
export const descriptorsPerBlock = blockBytes / descriptorBytes

/** Blocks kept for group descriptors after the superblock: enough for 2 TiB. Those that stay unused are holes in the file. */
export const descriptorBlocks = 128
export const maxBlocks = descriptorBlocks * descriptorsPerBlock * blocksPerGroup

export const rootInode = 2
/** Inodes below belong to ext4 itself. */
export const firstInode = 11

export const extentsFlag = 0x80000
export const indexFlag = 0x1000

/** File types in inode modes, and in directory entries. */
export const modeBits = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  character: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
} as const
export const direntTypes = { file: 1, directory: 2, character: 3, block: 4, fifo: 5, symlink: 7 } as const

/** Symlink targets shorter than this lie in the inode. */
export const fastSymlinkBytes = 60
