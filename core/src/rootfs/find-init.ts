import { resolvePath, type FileTree } from './file-tree.ts'

/** In the order in which the guest's agent tries them (docs/guest-channel.md). */
const candidates = ['/sbin/init', '/usr/sbin/init', '/lib/systemd/systemd', '/bin/init']

/** The path of the tree's init, or '' when it has none. */
export async function findInit<N>(tree: FileTree<N>): Promise<string> {
  for (const path of candidates) {
    const node = await resolvePath(tree, path)
    if (node === undefined) continue
    const { type, mode } = tree.describe(node)
    if (type === 'file' && (mode & 0o111) !== 0) return path
  }
  return ''
}
