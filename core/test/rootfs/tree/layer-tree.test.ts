import { describe, expect, test } from 'vitest'
import type { TarEntry } from '../../../src/rootfs/tar/entry.ts'
import { LayerTree, type LayerTreeOptions } from '../../../src/rootfs/tree/layer-tree.ts'
import type { Node } from '../../../src/rootfs/tree/node.ts'

type Short = [path: string, more?: Partial<TarEntry>]
const dir = { type: 'directory' } as const

describe('merging layers', () => {
  test('a whiteout takes away what a lower layer has, also a folder with all in it', () => {
    expect(merge([['a/b/c'], ['a/d']], [['a/.wh.b']])).toEqual(['a', 'a/d'])
  })

  test('a whiteout takes nothing away that its own layer brings, in either order', () => {
    expect(merge([['a/b']], [['a/.wh.b'], ['a/b']])).toEqual(['a', 'a/b'])
    expect(merge([['a/b/old']], [['a/b/new'], ['a/.wh.b']])).toEqual(['a', 'a/b', 'a/b/new'])
    expect(merge([['a/b'], ['a/.wh.b']])).toEqual(['a', 'a/b'])
  })

  test('an opaque whiteout empties a folder of lower layers, in either order', () => {
    const lower: Short[] = [['a/x'], ['a/sub/y']]
    expect(merge(lower, [['a/.wh..wh..opq'], ['a/sub/new']])).toEqual(['a', 'a/sub', 'a/sub/new'])
    expect(merge(lower, [['a/sub/new'], ['a/.wh..wh..opq']])).toEqual(['a', 'a/sub', 'a/sub/new'])
  })

  test("aufs's own bookkeeping is passed over", () => {
    expect(merge([['a'], ['.wh..wh.plnk', dir], ['.wh..wh.plnk/1.2'], ['.wh..wh.aufs']])).toEqual(['a'])
  })

  test('a folder over a folder keeps its children and takes the new owner', () => {
    const tree = build([['a', { ...dir, uid: 1 }], ['a/x']], [['a', { ...dir, uid: 2 }]])
    expect(list(tree)).toEqual(['a', 'a/x'])
    expect(tree.root.children?.get('a')?.node.uid).toBe(2)
  })

  test('a file replaces a folder, and a folder a file or a symlink', () => {
    expect(merge([['a/x']], [['a']])).toEqual(['a'])
    expect(merge([['a']], [['a', dir], ['a/x']])).toEqual(['a', 'a/x'])
    expect(merge([['a', { type: 'symlink', target: 'b' }]], [['a', dir], ['a/x']])).toEqual(['a', 'a/x'])
  })

  test('a hardlink shares the file of a lower layer, which stays when the first name goes', () => {
    const tree = build([['a']], [['b', { type: 'hardlink', target: './a' }], ['.wh.a']])
    expect(list(tree)).toEqual(['b'])
    expect(tree.root.children?.get('b')?.node.links).toBe(1)
  })

  test('files that lose their last name are handed back, and no others', () => {
    const dropped: Node[] = []
    const tree = build([['a/one'], ['two'], ['link', { type: 'hardlink', target: 'two' }]], [['.wh.a'], ['.wh.two']], dropped)
    expect(dropped).toHaveLength(1)
    expect(list(tree)).toEqual(['link'])
  })

  test('dots and slashes too many lead to the same place', () => {
    expect(merge([['a/./b'], ['./a//b/']])).toEqual(['a', 'a/b'])
  })

  test('the root may be called /, and a hardlink may say its target from there, as kaniko has it', () => {
    expect(merge([['/', dir], ['a'], ['b', { type: 'hardlink', target: '/a' }]])).toEqual(['a', 'b'])
  })

  test('absolute paths count from the root where they are allowed, also those of symlinks on the way', () => {
    const tree = empty({ absolutePaths: true })
    for (const [path, more] of [['/a/./b'], ['run', { type: 'symlink', target: '/a' }], ['/run/c']] as Short[])
      tree.apply({ ...plain, path, ...more })
    expect(list(tree)).toEqual(['a', 'a/b', 'a/c', 'run'])
  })
})

describe('a path through a symlink', () => {
  const lib: Short = ['lib', { type: 'symlink', target: 'usr/lib' }]

  test('goes where the symlink leads, in its own layer and in others', () => {
    expect(merge([['usr/lib/a'], lib, ['lib/b']])).toEqual(['lib', 'usr', 'usr/lib', 'usr/lib/a', 'usr/lib/b'])
    expect(merge([['usr/lib/a'], lib], [['lib/b']])).toEqual(['lib', 'usr', 'usr/lib', 'usr/lib/a', 'usr/lib/b'])
  })

  test('takes away and links to what is there', () => {
    expect(merge([['usr/lib/a'], lib], [['lib/.wh.a']])).toEqual(['lib', 'usr', 'usr/lib'])
    expect(merge([['usr/lib/a'], lib], [['c', { type: 'hardlink', target: 'lib/a' }]])).toContain('c')
  })

  test("hides nothing when the symlink is of the whiteout's own layer: umoci names all that a folder held before it", () => {
    const lower: Short[] = [['lists/a'], ['other/a']]
    expect(merge(lower, [['lists', { type: 'symlink', target: 'other' }], ['lists/.wh.a']])).toEqual([
      'lists',
      'other',
      'other/a',
    ])
    expect(merge(lower, [['lists', { type: 'symlink', target: '/other' }], ['lists/.wh.a']])).toContain('other/a')
  })

  test('makes the folder that a symlink promises', () => {
    expect(merge([['var/run', { type: 'symlink', target: '../run' }], ['var/run/x']])).toEqual(['run', 'run/x', 'var', 'var/run'])
  })

  test('climbs from where the symlink leads, not from where it lies', () => {
    const layers: Short[] = [
      ['deep/er/x'],
      ['l', { type: 'symlink', target: 'deep/er' }],
      ['m', { type: 'symlink', target: 'l/..' }],
      ['m/y'],
    ]
    expect(merge(layers)).toEqual(['deep', 'deep/er', 'deep/er/x', 'deep/y', 'l', 'm'])
  })

  test('is no more when a folder takes the place of the symlink', () => {
    expect(merge([lib], [['lib', dir], ['lib/b']])).toEqual(['lib', 'lib/b'])
  })
})

describe('hostile layers are refused:', () => {
  test.each<[string, Short[], string]>([
    ['a path that climbs', [['a/../../etc/passwd']], 'climbs'],
    ['a file used as a folder', [['a'], ['a/b']], 'is a file and no folder'],
    ['a hardlink to nothing', [['a', { type: 'hardlink', target: 'b' }]], 'not there'],
    ['a hardlink that climbs', [['a', { type: 'hardlink', target: '../b' }]], 'climbs'],
    [
      'a hardlink to a folder',
      [
        ['d', dir],
        ['a', { type: 'hardlink', target: 'd' }],
      ],
      'folder',
    ],
    ['a name that is too long', [['n'.repeat(256)]], '255'],
    ['a symlink that leads nowhere', [['a', { type: 'symlink', target: '' }]], '0 bytes'],
    ['a whiteout of nothing', [['a'], ['.wh.']], 'whiteout'],
    ['a whiteout that climbs', [['a', dir], ['a/.wh...']], 'whiteout'],
    ['an owner beyond 32 bits', [['a', { uid: 2 ** 32 }]], 'owner'],
    ['a device that Linux cannot name', [['a', { type: 'block', device: { major: 4096, minor: 0 } }]], 'device'],
    ['a file in place of the root', [['./']], 'root'],
  ])('%s', (_name, entries, reason) => {
    expect(() => merge(entries)).toThrow(reason)
  })
})

function merge(...layers: Short[][]): string[] {
  return list(build(...(layers as [Short[]])))
}

function build(...args: (Short[] | Node[])[]): LayerTree {
  const dropped = args.length > 2 ? (args.pop() as Node[]) : []
  const tree = empty({ dropped: (node) => dropped.push(node) })
  for (const [index, entries] of (args as Short[][]).entries()) {
    if (index > 0) tree.nextLayer()
    for (const [path, more] of entries) tree.apply({ ...plain, path, ...more })
  }
  return tree
}

function empty(options: Partial<LayerTreeOptions>): LayerTree {
  return new LayerTree({ dropped: () => undefined, maxNames: 1000, absolutePaths: false, ...options })
}

const plain: TarEntry = {
  path: '',
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: { seconds: 0, nanoseconds: 0 },
  size: 0,
  stored: 0,
  target: '',
  device: { major: 0, minor: 0 },
}

function list(tree: LayerTree): string[] {
  const walk = (node: Node, prefix: string): string[] =>
    [...(node.children ?? [])].flatMap(([name, child]) => [prefix + name, ...walk(child.node, `${prefix}${name}/`)])
  return walk(tree.root, '').sort()
}
