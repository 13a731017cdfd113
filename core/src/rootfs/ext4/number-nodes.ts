import type { Node } from '../tree/node.ts'
import { firstInode, rootInode } from './format.ts'

export interface Numbered {
  /** In the order of their inode numbers, the root first. */
  nodes: Node[]
  /** Parents of the directories. */
  parents: Map<Node, Node>
  /** The highest inode number. */
  last: number
}

/** Gives every node its inode number, walking the tree from the top in the order in which names came. */
export function numberNodes(root: Node): Numbered {
  const nodes: Node[] = [root]
  const parents = new Map([[root, root]])
  root.number = rootInode
  let next = firstInode
  // a list and no recursion: a tar can nest folders deeper than a stack goes
  const pending = [root]
  for (let directory = pending.pop(); directory; directory = pending.pop()) {
    const below: Node[] = []
    for (const { node } of directory.children?.values() ?? []) {
      if (node.number !== 0) continue
      node.number = next++
      nodes.push(node)
      if (!node.children) continue
      parents.set(node, directory)
      below.push(node)
    }
    for (const node of below.reverse()) pending.push(node)
  }
  return { nodes, parents, last: next - 1 }
}
