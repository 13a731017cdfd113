import type { FileHandle } from 'node:fs/promises'
import { InvalidImage } from '../invalid-image.ts'

/** An inode as far as looking around needs it. */
export interface DiskInode {
  mode: number
  size: number
  /** Its content is mapped by extents, else by lists of blocks as in ext2. */
  extents: boolean
  /** The 60 bytes of i_block. */
  block: Buffer
}

/** Features that change where things are and that this reader does not follow. */
const unreadable: [bit: number, name: string][] = [
  [0x1, 'compression'],
  [0x8, 'journal_dev'],
  [0x10, 'meta_bg'],
  [0x8000, 'inline_data'],
]

/** Reads an ext2, ext3 or ext4 file without mounting it (https://docs.kernel.org/filesystems/ext4/). */
export class Ext4File {
  readonly #file: FileHandle
  readonly #super: Buffer
  readonly blockBytes: number

  private constructor(file: FileHandle, superblock: Buffer) {
    this.#file = file
    this.#super = superblock
    this.blockBytes = 1024 << superblock.readUInt32LE(0x18)
  }

  /** @throws InvalidImage when it is damaged, cut off, not cleanly unmounted, or of an unreadable kind */
  static async open(file: FileHandle): Promise<Ext4File> {
    const superblock = Buffer.alloc(1024)
    await file.read(superblock, 0, 1024, 1024)
    if (superblock.readUInt16LE(0x38) !== 0xef53) throw new InvalidImage('it is no ext4 filesystem')
    if (superblock.readUInt32LE(0x18) > 6) throw new InvalidImage('its superblock is damaged')
    const ext4 = new Ext4File(file, superblock)
    const incompatible = superblock.readUInt32LE(0x60)
    const odd = unreadable.find(([bit]) => incompatible & bit)
    if (odd) throw new InvalidImage(`it uses the ext4 feature ${odd[1]}, which banger cannot read`)
    if (incompatible & 0x4) throw new InvalidImage('it was not unmounted cleanly; e2fsck -p <file> mends that')
    const size = (await file.stat()).size
    if (ext4.size > size) throw new InvalidImage(`it is cut off: the filesystem has ${ext4.size} bytes, the file ${size}`)
    return ext4
  }

  /** Bytes of the filesystem. */
  get size(): number {
    const high = this.#is64Bit() ? this.#super.readUInt32LE(0x150) : 0
    return (high * 2 ** 32 + this.#super.readUInt32LE(0x04)) * this.blockBytes
  }

  async inode(number: number): Promise<DiskInode> {
    const perGroup = this.#super.readUInt32LE(0x28)
    const inodeBytes = this.#super.readUInt32LE(0x4c) === 0 ? 128 : this.#super.readUInt16LE(0x58)
    const table = await this.#inodeTable(Math.floor((number - 1) / perGroup))
    const bytes = await this.#read(table * this.blockBytes + ((number - 1) % perGroup) * inodeBytes, 128)
    return {
      mode: bytes.readUInt16LE(0),
      size: bytes.readUInt32LE(4) + (isDirectory(bytes) ? 0 : bytes.readUInt32LE(108) * 2 ** 32),
      extents: (bytes.readUInt32LE(32) & 0x80000) !== 0,
      block: bytes.subarray(40, 100),
    }
  }

  async block(number: number): Promise<Buffer> {
    return this.#read(number * this.blockBytes, this.blockBytes)
  }

  async #inodeTable(group: number): Promise<number> {
    const size = this.#is64Bit() ? this.#super.readUInt16LE(0xfe) : 32
    const first = this.#super.readUInt32LE(0x14) + 1
    const descriptor = await this.#read(first * this.blockBytes + group * size, size)
    return descriptor.readUInt32LE(8) + (size >= 64 ? descriptor.readUInt32LE(0x28) * 2 ** 32 : 0)
  }

  async #read(offset: number, length: number): Promise<Buffer> {
    // a damaged number may be none that files have
    const inside = offset + length <= this.size
    const bytes = Buffer.alloc(length)
    const { bytesRead } = inside ? await this.#file.read(bytes, 0, length, offset) : { bytesRead: 0 }
    if (bytesRead < length) throw new InvalidImage('it is damaged: something lies beyond its end')
    return bytes
  }

  #is64Bit(): boolean {
    return (this.#super.readUInt32LE(0x60) & 0x80) !== 0
  }
}

export function isDirectory(inode: Buffer): boolean {
  return (inode.readUInt16LE(0) & 0o170000) === 0o040000
}
