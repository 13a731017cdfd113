import { InvalidImage } from '../invalid-image.ts'
import type { Node } from '../tree/node.ts'
import { encodeLinear, entriesOf } from './directory.ts'
import { encodeIndexed } from './directory-index.ts'
import { blockBytes } from './format.ts'

/** Blocks of a directory at most: two levels of index lead to no more. */
const maxBlocks = 250_000

/** A directory's blocks: entries one after the other, or, when one block does not hold them, sorted by hash below an index. */
export function encodeDirectory(directory: Node, parent: Node): { bytes: Buffer; indexed: boolean } {
  const linear = encodeLinear(entriesOf(directory, parent))
  if (linear.length === blockBytes) return { bytes: linear, indexed: false }
  if (linear.length > maxBlocks * blockBytes) throw new InvalidImage('it has a folder of more than a gigabyte of names')
  return { bytes: encodeIndexed(directory, parent), indexed: true }
}
