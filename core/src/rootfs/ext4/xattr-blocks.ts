import type { Xattr } from '../tree/node.ts'
import type { BlockAllocator } from './block-allocator.ts'
import type { BlockWriter } from './block-writer.ts'
import { encodeXattrBlock } from './xattrs.ts'

/** Inodes that may share a block of attributes (EXT4_XATTR_REFCOUNT_MAX). */
const maxReferences = 1024

interface Shared {
  block: number
  xattrs: Xattr[]
  references: number
}

/** Blocks of extended attributes: inodes with the same attributes share one. */
export class XattrBlocks {
  readonly #allocator: BlockAllocator
  readonly #open = new Map<string, Shared>()
  readonly #all: Shared[] = []

  constructor(allocator: BlockAllocator) {
    this.#allocator = allocator
  }

  /** @returns the block that will hold these attributes */
  add(xattrs: Xattr[]): number {
    const key = encodeXattrBlock(xattrs, 0).toString('latin1')
    let shared = this.#open.get(key)
    if (!shared || shared.references === maxReferences) {
      shared = { block: this.#allocator.allocate(1), xattrs, references: 0 }
      this.#open.set(key, shared)
      this.#all.push(shared)
    }
    shared.references++
    return shared.block
  }

  async write(writer: BlockWriter): Promise<void> {
    for (const { block, xattrs, references } of this.#all) await writer.writeAt(block, encodeXattrBlock(xattrs, references))
  }
}
