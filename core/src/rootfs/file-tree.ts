/** A tree of files to look around in: the one just built, or one that an ext4 file holds. Names are bytes, one character each (latin1). */
export interface FileTree<N> {
  root: N
  describe(node: N): { type: string; mode: number }
  lookup(directory: N, name: string): N | undefined | Promise<N | undefined>
  target(symlink: N): string | Promise<string>
  /** The file's first `limit` bytes. */
  read(file: N, limit: number): Promise<Buffer>
}

/** As many symlinks as Linux follows in one path. */
const maxSymlinks = 40
/** Names that one path leads through at most: each costs a look into a folder, and symlinks could go on for long. */
const maxNames = 1000

/** The node that a path leads to inside the tree, symlinks followed, or undefined. */
export async function resolvePath<N>(tree: FileTree<N>, path: string): Promise<N | undefined> {
  const names = path.split('/').reverse()
  const above: N[] = []
  let node = tree.root
  let followed = 0
  let passed = 0
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      node = above.pop() ?? tree.root
      continue
    }
    if (tree.describe(node).type !== 'directory' || ++passed > maxNames) return undefined
    const next = await tree.lookup(node, name)
    if (next === undefined) return undefined
    if (tree.describe(next).type !== 'symlink') {
      above.push(node)
      node = next
      continue
    }
    if (++followed > maxSymlinks) return undefined
    const target = await tree.target(next)
    if (target.startsWith('/')) {
      node = tree.root
      above.length = 0
    }
    names.push(...target.split('/').reverse())
  }
  return node
}
