import { InvalidImage, showName } from '../invalid-image.ts'
import type { Node } from './node.ts'
import { refuseAbsolute } from './split-path.ts'

/** As many symlinks as Linux follows in one path. */
const maxSymlinks = 40

/**
 * Where a path leads in the tree, symlinks followed as container runtimes do it: with `lib` a symlink to `usr/lib`, `lib/x` is
 * `usr/lib/x`. What leads out of the tree is an attack on whoever unpacks it to a folder, and is refused.
 * @param names of the folders that the path goes through
 * @param options.path the whole path, for messages
 * @returns the names with no symlink among them; those that are not there stay as they are
 * @throws InvalidImage when a symlink leads out of the tree, or in circles
 */
export function followPath(root: Node, names: string[], options: { path: string; absolutePaths: boolean }): string[] {
  if (!goesThroughSymlink(root, names)) return names
  const pending = names.toReversed()
  const followed: { name: string; node: Node | undefined }[] = []
  let symlinks = 0
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (!followed.pop()) throw refused(options.path, 'a symlink that climbs out of the image')
      continue
    }
    const above = followed.length === 0 ? root : followed.at(-1)?.node
    const node = above?.children?.get(name)?.node
    if (node?.type !== 'symlink') {
      followed.push({ name, node })
      continue
    }
    if (++symlinks > maxSymlinks) throw refused(options.path, 'symlinks that lead in circles')
    if (node.target.startsWith('/')) {
      if (!options.absolutePaths) refuseAbsolute(node.target, `${showName(options.path)} goes through a symlink to`)
      followed.length = 0
    }
    pending.push(...node.target.split('/').reverse())
  }
  return followed.map(({ name }) => name)
}

/** The usual way, quickly. */
function goesThroughSymlink(root: Node, names: string[]): boolean {
  let node: Node | undefined = root
  for (const name of names) {
    node = node.children?.get(name)?.node
    if (!node) return false
    if (node.type === 'symlink') return true
  }
  return false
}

function refused(path: string, what: string): InvalidImage {
  return new InvalidImage(`the path ${showName(path)} goes through ${what}`)
}
