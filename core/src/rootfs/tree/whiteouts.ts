import { InvalidImage } from '../invalid-image.ts'
import type { Node } from './node.ts'

/** Names by which an OCI layer takes away what lower layers have (https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts). */
export const whiteoutPrefix = '.wh.'

const opaque = '.wh..wh..opq'

/** Whether a name is of aufs's own, which is in layers of old: it stands for nothing in an image. */
export function isBookkeeping(name: string): boolean {
  return name.startsWith('.wh..wh.') && name !== opaque
}

/**
 * Removes from `parent` what the whiteout names, as far as it is of lower layers; what this layer itself brings stays, in whichever order it comes.
 * @param unlink gets each node that lost its name
 */
export function applyWhiteout(parent: Node, name: string, layer: number, unlink: (node: Node) => void): void {
  if (name === opaque) return removeLower(parent, layer, unlink)
  const target = name.slice(whiteoutPrefix.length)
  if (target === '' || target === '.' || target === '..') throw new InvalidImage('the tar has a whiteout that names nothing')
  const child = parent.children?.get(target)
  if (!child) return
  if (child.layer === layer) return removeLower(child.node, layer, unlink)
  parent.children?.delete(target)
  unlink(child.node)
}

function removeLower(directory: Node, layer: number, unlink: (node: Node) => void): void {
  const pending = [directory]
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (const [name, child] of node.children ?? []) {
      if (child.layer === layer) pending.push(child.node)
      else {
        node.children?.delete(name)
        unlink(child.node)
      }
    }
  }
}
