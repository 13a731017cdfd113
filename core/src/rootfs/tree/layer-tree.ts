import { InvalidImage, showName } from '../invalid-image.ts'
import type { TarEntry } from '../tar/entry.ts'
import { newDirectory, newNode, type Child, type Node } from './node.ts'
import { splitPath } from './split-path.ts'
import { applyWhiteout, whiteoutPrefix } from './whiteouts.ts'

/** ext4's limit; a directory's count is kept by the writer. */
const maxLinks = 65_000

/** A merged tree of layers, in memory, without the files' contents. */
export class LayerTree {
  readonly root: Node = { ...newDirectory(), links: 1 }
  #layer = 0
  readonly #dropped: (node: Node) => void

  /** @param dropped gets each file that no name leads to any more, so that its blocks can be used again */
  constructor(dropped: (node: Node) => void) {
    this.#dropped = dropped
  }

  nextLayer(): void {
    this.#layer++
  }

  /**
   * Puts a tar's member where it belongs; what stood there before goes, but a directory over a directory keeps its children.
   * @returns the node of a regular file, whose contents come next, else undefined
   * @throws InvalidImage when the member's path or link leads nowhere, climbs, or goes through what is no directory
   */
  apply(entry: TarEntry): Node | undefined {
    const names = splitPath(entry.path)
    const name = names.pop()
    if (name === undefined) {
      if (entry.type !== 'directory') throw new InvalidImage('a member that is no folder stands for the root')
      describe(this.root, entry)
      return undefined
    }
    if (name.startsWith(whiteoutPrefix)) {
      // makes no folders: where there is none, nothing is to be hidden
      const folder = this.#find(names)
      if (folder) applyWhiteout(folder, name, this.#layer, (node) => this.#unlink(node))
      return undefined
    }
    const parent = this.#parent(names, entry.path)
    if (entry.type === 'hardlink') this.#link(parent, name, entry)
    else return this.#place(parent, name, entry)
    return undefined
  }

  #place(parent: Node, name: string, entry: TarEntry): Node | undefined {
    const type = entry.type as Node['type']
    const before = parent.children?.get(name)
    if (type === 'directory' && before?.node.type === 'directory') {
      describe(before.node, entry)
      before.layer = this.#layer
      return undefined
    }
    if (type === 'symlink' && (entry.target === '' || entry.target.length > 4095)) {
      throw new InvalidImage(
        `the symlink ${showName(entry.path)} has a target of ${entry.target.length} bytes; 1 to 4095 are possible`,
      )
    }
    const node = type === 'directory' ? newDirectory() : newNode(type)
    describe(node, entry)
    node.size = entry.size
    // a symlink's own permissions are always these, whatever a tar says
    if (type === 'symlink') Object.assign(node, { target: entry.target, mode: 0o777 })
    if (type === 'character' || type === 'block') node.device = checkedDevice(entry)
    this.#set(parent, name, node)
    return type === 'file' ? node : undefined
  }

  #link(parent: Node, name: string, entry: TarEntry): void {
    const target = this.#find(splitPath(entry.target))
    const what = `the hardlink ${showName(entry.path)}`
    if (!target) throw new InvalidImage(`${what} leads to ${showName(entry.target)}, which is not there`)
    if (target.type === 'directory') throw new InvalidImage(`${what} leads to a folder`)
    if (target.links >= maxLinks) throw new InvalidImage(`${what} is one too many: a file has ${maxLinks} names at most`)
    this.#set(parent, name, target)
  }

  #set(parent: Node, name: string, node: Node): Child {
    const before = parent.children?.get(name)
    const child = { node, layer: this.#layer }
    node.links++
    parent.children?.set(name, child)
    if (before) this.#unlink(before.node)
    return child
  }

  /** The directory that a member goes into; missing ones are made (0755, root's). */
  #parent(names: string[], path: string): Node {
    let node = this.root
    for (const name of names) {
      const child = node.children?.get(name) ?? this.#set(node, name, newDirectory())
      if (child.node.type !== 'directory') {
        throw new InvalidImage(
          `the path ${showName(path)} goes through ${showName(name)}, which is a ${child.node.type} and no folder`,
        )
      }
      child.layer = this.#layer
      node = child.node
    }
    return node
  }

  #find(names: string[]): Node | undefined {
    let node: Node | undefined = this.root
    for (const name of names) node = node?.children?.get(name)?.node
    return node
  }

  /** Takes one name away from a node, and with a directory all that is in it. */
  #unlink(first: Node): void {
    const pending = [first]
    for (let node = pending.pop(); node; node = pending.pop()) {
      node.links--
      for (const child of node.children?.values() ?? []) pending.push(child.node)
      if (node.links === 0 && node.type === 'file') this.#dropped(node)
    }
  }
}

function describe(node: Node, entry: TarEntry): void {
  if (!isId(entry.uid) || !isId(entry.gid)) throw new InvalidImage(`the owner of ${showName(entry.path)} is no number of 32 bits`)
  node.mode = entry.mode
  node.uid = entry.uid
  node.gid = entry.gid
  node.mtime = entry.mtime
  node.xattrs = entry.xattrs
}

function isId(value: number): boolean {
  return value >= 0 && value <= 0xffffffff
}

/** Linux has 12 bits for the major number and 20 for the minor one. */
function checkedDevice({ path, device }: TarEntry): Node['device'] {
  const { major, minor } = device
  if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
    throw new InvalidImage(`the device ${showName(path)} has the numbers ${major}, ${minor}, which Linux does not`)
  }
  return device
}
