import type { Node } from '../tree/node.ts'
import { encodeLinear, entriesOf } from './directory.ts'

/** A directory's blocks. */
export function encodeDirectory(directory: Node, parent: Node): { bytes: Buffer; indexed: boolean } {
  return { bytes: encodeLinear(entriesOf(directory, parent)), indexed: false }
}
