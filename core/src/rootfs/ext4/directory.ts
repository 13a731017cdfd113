import type { Node } from '../tree/node.ts'
import { blockBytes, direntTypes } from './format.ts'

export interface Entry {
  name: string
  number: number
  type: number
}

/** The entries of a directory, its own and its parent's first. */
export function* entriesOf(directory: Node, parent: Node): Iterable<Entry> {
  yield { name: '.', number: directory.number, type: direntTypes.directory }
  yield { name: '..', number: parent.number, type: direntTypes.directory }
  for (const [name, { node }] of directory.children ?? []) yield { name, number: node.number, type: direntTypes[node.type] }
}

/** A directory as linear blocks (https://docs.kernel.org/filesystems/ext4/directory.html#linear-classic-directories). */
export function encodeLinear(entries: Iterable<Entry>): Buffer {
  const blocks: Buffer[] = []
  const page = new EntryBlock()
  for (const entry of entries) {
    if (page.fits(entry)) page.add(entry)
    else {
      blocks.push(page.take())
      page.add(entry)
    }
  }
  blocks.push(page.take())
  return Buffer.concat(blocks)
}

/** Bytes that an entry takes: 8 and its name, in fours. */
export function entryBytes(name: string): number {
  return (8 + name.length + 3) & ~3
}

/** Fills one block with entries; the last one reaches to its end. */
export class EntryBlock {
  #bytes = Buffer.alloc(blockBytes)
  #at = 0
  #last = 0

  fits(entry: Entry): boolean {
    return this.#at + entryBytes(entry.name) <= blockBytes
  }

  add({ name, number, type }: Entry): void {
    const size = entryBytes(name)
    this.#last = this.#at
    this.#bytes.writeUInt32LE(number, this.#at)
    this.#bytes.writeUInt16LE(size, this.#at + 4)
    this.#bytes.writeUInt8(name.length, this.#at + 6)
    this.#bytes.writeUInt8(type, this.#at + 7)
    this.#bytes.write(name, this.#at + 8, 'latin1')
    this.#at += size
  }

  take(): Buffer {
    const bytes = this.#bytes
    bytes.writeUInt16LE(blockBytes - this.#last, this.#last + 4)
    this.#bytes = Buffer.alloc(blockBytes)
    this.#at = 0
    return bytes
  }
}
