import { toXattrs } from '../ext4/xattrs.ts'
import { InvalidImage, showName } from '../invalid-image.ts'
import type { TarEntry } from '../tar/entry.ts'
import { followPath } from './follow-path.ts'
import { newDirectory, newNode, type Child, type Node } from './node.ts'
import { refuseAbsolute, splitPath } from './split-path.ts'
import { applyWhiteout, isBookkeeping, whiteoutPrefix } from './whiteouts.ts'

/** ext4's limit; a directory's count is kept by the writer. */
const maxLinks = 65_000

const kinds: Record<Node['type'], string> = {
  file: 'file',
  directory: 'folder',
  symlink: 'symlink',
  character: 'device',
  block: 'device',
  fifo: 'pipe',
}

export interface LayerTreeOptions {
  /** Gets each file that no name leads to any more, so that its blocks can be used again. */
  dropped: (node: Node) => void
  /** Names that may be made in all, implied folders and pieces of sparse files counted. */
  maxNames: number
  /** Whether absolute paths, of members and of symlinks that they go through, count from the root. They are refused otherwise. */
  absolutePaths: boolean
}

/** A merged tree of layers, in memory, without the files' contents. */
export class LayerTree {
  readonly root: Node = { ...newDirectory(), links: 1 }
  #layer = 0
  #names = 0
  readonly #options: LayerTreeOptions

  constructor(options: LayerTreeOptions) {
    this.#options = options
  }

  nextLayer(): void {
    this.#layer++
  }

  /**
   * Puts a tar's member where it belongs; what stood there before goes, but a directory over a directory keeps its children.
   * @returns the node of a regular file, whose contents come next, else undefined
   * @throws InvalidImage when the member's path or link leads nowhere, out of the tree, or through what is no directory
   */
  apply(entry: TarEntry): Node | undefined {
    const names = splitPath(entry.path)
    const name = names.pop()
    if (name === undefined) {
      if (entry.type !== 'directory') throw new InvalidImage('a member that is no folder stands for the root')
      describe(this.root, entry)
      return undefined
    }
    if (!this.#options.absolutePaths) refuseAbsolute(entry.path)
    if (isBookkeeping(name) || names.some(isBookkeeping)) return undefined
    if (name.startsWith(whiteoutPrefix)) {
      this.#hide(names, name, entry.path)
      return undefined
    }
    const parent = this.#parent(this.#follow(names, entry.path), entry.path)
    if (entry.type === 'hardlink') this.#link(parent, name, entry)
    else return this.#place(parent, name, entry)
    return undefined
  }

  /** Makes no folders: where there is none, nothing is to be hidden. */
  #hide(names: string[], name: string, path: string): void {
    // umoci says of all that was in a folder that it is gone, also after the symlink that took the folder's place
    if (this.#goesThroughNewSymlink(names)) return
    const parent = this.#find(this.#follow(names, path))
    if (parent) applyWhiteout(parent, name, this.#layer, (node) => this.#unlink(node))
  }

  #goesThroughNewSymlink(names: string[]): boolean {
    let node: Node | undefined = this.root
    for (const name of names) {
      const child: Child | undefined = node?.children?.get(name)
      if (child?.node.type === 'symlink') return child.layer === this.#layer
      node = child?.node
    }
    return false
  }

  #place(parent: Node, name: string, entry: TarEntry): Node | undefined {
    const type = entry.type as Node['type']
    const before = parent.children?.get(name)
    if (type === 'directory' && before?.node.type === 'directory') {
      describe(before.node, entry)
      before.layer = this.#layer
      return undefined
    }
    if (type === 'symlink') checkTarget(entry)
    // pieces of sparse files take memory as names do
    this.#names += entry.segments?.length ?? 0
    const node = type === 'directory' ? newDirectory() : newNode(type)
    describe(node, entry)
    node.size = entry.size
    // a symlink's own permissions are always these, whatever a tar says
    if (type === 'symlink') Object.assign(node, { target: entry.target, mode: 0o777 })
    if (type === 'character' || type === 'block') node.device = checkedDevice(entry)
    this.#set(parent, name, node)
    return type === 'file' ? node : undefined
  }

  /** A target counts from the root, as a slash at its beginning says needlessly. */
  #link(parent: Node, name: string, entry: TarEntry): void {
    const names = splitPath(entry.target)
    const last = names.pop()
    const target = last === undefined ? this.root : this.#find([...this.#follow(names, entry.target), last])
    const what = `the hardlink ${showName(entry.path)}`
    if (!target) throw new InvalidImage(`${what} leads to ${showName(entry.target)}, which is not there`)
    if (target.type === 'directory') throw new InvalidImage(`${what} leads to a folder`)
    if (target.links >= maxLinks) throw new InvalidImage(`${what} is one too many: a file has ${maxLinks} names at most`)
    this.#set(parent, name, target)
  }

  #set(parent: Node, name: string, node: Node): Child {
    if (++this.#names > this.#options.maxNames) throw new InvalidImage('it holds more files than are allowed')
    const before = parent.children?.get(name)
    const child = { node, layer: this.#layer }
    node.links++
    parent.children?.set(name, child)
    if (before) this.#unlink(before.node)
    return child
  }

  #follow(names: string[], path: string): string[] {
    return followPath(this.root, names, { path, absolutePaths: this.#options.absolutePaths })
  }

  /** The directory that a member goes into; missing ones are made (0755, root's). No symlink is among the names. */
  #parent(names: string[], path: string): Node {
    let node = this.root
    for (const name of names) {
      const child = node.children?.get(name) ?? this.#set(node, name, newDirectory())
      if (child.node.type !== 'directory') {
        throw new InvalidImage(
          `the path ${showName(path)} goes through ${showName(name)}, which is a ${kinds[child.node.type]} and no folder`,
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
      if (node.links === 0 && node.type === 'file') this.#options.dropped(node)
    }
  }
}

function describe(node: Node, entry: TarEntry): void {
  if (!isId(entry.uid) || !isId(entry.gid)) throw new InvalidImage(`the owner of ${showName(entry.path)} is no number of 32 bits`)
  node.mode = entry.mode
  node.uid = entry.uid
  node.gid = entry.gid
  node.mtime = entry.mtime
  node.xattrs = entry.xattrs ? toXattrs(entry) : []
}

function isId(value: number): boolean {
  return value >= 0 && value <= 0xffffffff
}

function checkTarget({ path, target }: TarEntry): void {
  if (target === '' || target.length > 4095)
    throw new InvalidImage(`the symlink ${showName(path)} has a target of ${target.length} bytes; 1 to 4095 are possible`)
  if (target.includes('\0')) throw new InvalidImage(`the symlink ${showName(path)} has a NUL in its target`)
}

/** Linux has 12 bits for the major number and 20 for the minor one. */
function checkedDevice({ path, device }: TarEntry): Node['device'] {
  const { major, minor } = device
  if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
    throw new InvalidImage(`the device ${showName(path)} has the numbers ${major}, ${minor}, which Linux does not`)
  }
  return device
}
