import type { Time } from '../tar/entry.ts'

/** A run of blocks of a file. All three count in blocks of the filesystem. */
export interface Extent {
  /** Where it lies in the file. */
  logical: number
  /** Where it lies in the filesystem. */
  physical: number
  count: number
}

/** An extended attribute, its namespace as the number that ext4 has for it. */
export interface Xattr {
  index: number
  name: Buffer
  value: Buffer
}

export type NodeType = 'file' | 'directory' | 'symlink' | 'character' | 'block' | 'fifo'

/** A name in a directory. */
export interface Child {
  node: Node
  /** The layer that brought the name, or, where it leads to a directory, that touched something in it last. */
  layer: number
}

/** What a name in the tree stands for: an inode to be. Hardlinks share one. */
export interface Node {
  type: NodeType
  /** Permission bits, `0o7777` at most. */
  mode: number
  uid: number
  gid: number
  mtime: Time
  xattrs: Xattr[]
  /** Names that lead here. */
  links: number
  /** Of a directory; names are bytes, one character each (latin1). */
  children?: Map<string, Child>
  /** Of a file: bytes, and where they lie. */
  size: number
  extents: Extent[]
  /** Of a symlink, bytes as characters. */
  target: string
  device: { major: number; minor: number }
  /** Inode number, given when the tree is complete. */
  number: number
}

export function newDirectory(): Node {
  return { ...newNode('directory'), mode: 0o755, children: new Map() }
}

export function newNode(type: NodeType): Node {
  return {
    type,
    mode: 0,
    uid: 0,
    gid: 0,
    mtime: { seconds: 0, nanoseconds: 0 },
    xattrs: [],
    links: 0,
    size: 0,
    extents: [],
    target: '',
    device: { major: 0, minor: 0 },
    number: 0,
  }
}
