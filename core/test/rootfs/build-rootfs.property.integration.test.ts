import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildRootfs } from '../../src/rootfs/build-rootfs.ts'
import { sparse } from './crafted-layers.ts'
import { e2fsck } from './debugfs.ts'
import { foldersOf, listModel, modelOf } from './layer-model.ts'
import { listImage } from './list-image.ts'
import { differences } from './listing.ts'
import { layersOf, type Member } from './make-tar.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const options = { signal: new AbortController().signal, progress: () => undefined }

// few names, so that layers meet at the same paths
const name = fc.constantFrom('a', 'b', 'not-utf8-\xff', 'n'.repeat(255))
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const id = fc.oneof(fc.nat(200_000), fc.nat(2 ** 32 - 1))
const seconds = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 34 - 2 ** 31 - 2 })
const mtime = fc.oneof(
  fc.nat(2 ** 31),
  fc.tuple(seconds, fc.nat(999_999_999)).map(([whole, nanoseconds]) => `${whole}.${String(nanoseconds).padStart(9, '0')}`),
)
const owner = fc.record({ mode: fc.nat(0o7777), uid: id, gid: id, mtime })
const value = fc.oneof(
  fc.string({ maxLength: 90 }),
  fc.nat(900).map((length) => 'v'.repeat(length)),
)
const userXattrs = fc.dictionary(fc.constantFrom('user.a', 'user.b', 'user.a-rather-long-name'), value, { maxKeys: 3 })
const otherXattrs = fc.dictionary(fc.constantFrom('security.x', 'trusted.x'), value, { maxKeys: 2 })
const xattrs = fc.tuple(userXattrs, otherXattrs).map(([user, other]) => ({ ...user, ...other }))
const content = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.nat(20_000).map((size) => 'x'.repeat(size)),
)
const holes = fc
  .tuple(fc.uniqueArray(fc.nat(300), { maxLength: 9 }), fc.integer({ min: 301 * 512, max: 9_000_000_000 }))
  .map(([blocks, size]) => ({ size, offsets: blocks.sort((a, b) => a - b).map((block) => block * 512) }))
const kind: fc.Arbitrary<Member> = fc.oneof(
  fc.record({ path, content, xattrs }),
  fc.record({ path, xattrs }).map((at) => ({ ...at, type: 'directory' as const })),
  fc.tuple(path, holes).map(([at, { size, offsets }]) => sparse(at, size, offsets)),
  fc.record({
    path,
    type: fc.constant('symlink' as const),
    target: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 4095 })).map((length) => 't'.repeat(length)),
    xattrs: otherXattrs,
  }),
  fc.record({
    path,
    type: fc.constantFrom('character' as const, 'block' as const),
    device: fc.tuple(fc.nat(0xfff), fc.nat(0xfffff)),
  }),
  fc.record({ path, type: fc.constant('fifo' as const) }),
)
const member: fc.Arbitrary<Member> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(kind, owner).map(([what, whose]) => ({ ...what, ...whose })) },
  { weight: 1, arbitrary: fc.record({ path, type: fc.constant('hardlink' as const), target: path }) },
  { weight: 1, arbitrary: path.map((at) => ({ path: at.replace(/[^/]+$/, (last) => `.wh.${last.slice(0, 250)}`) })) },
  { weight: 1, arbitrary: path.map((at) => ({ path: `${at}/.wh..wh..opq` })) },
)
/** Fills a folder with more names than a block or two hold. */
const crowd = fc
  .tuple(fc.nat(400), fc.nat(200))
  .map(([count, length]) =>
    Array.from({ length: count }, (_, index): Member => ({ path: `a/${index}${'-'.repeat((index * 7) % (length + 1))}` })),
  )

test('whatever the layers hold, e2fsck is content and the tree is what the layers say', { timeout: 120_000 }, async () => {
  const image = join(folder, 'image.ext4')
  const layers = fc.array(fc.array(member, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 })
  const stack = fc.tuple(crowd, layers).map(([names, more]) => valid([names], more))
  await fc.assert(
    fc.asyncProperty(stack, async (members) => {
      const built = await buildRootfs(layersOf([{ path: './', type: 'directory' }], ...members), image, options)
      expect(e2fsck(image)).toBe('')
      expect(differences(listModel(modelOf(members)), listImage(image))).toEqual([])
      const again = await buildRootfs(layersOf([{ path: './', type: 'directory' }], ...members), image, options)
      expect(again.digest).toBe(built.digest)
    }),
    { numRuns: 60 },
  )
})

/** Leaves out what the builder refuses: members in what is no folder, links to what is not there or a folder. */
function valid(below: Member[][], stack: Member[][]): Member[][] {
  const kept = below
  for (const members of stack) {
    kept.push([])
    for (const candidate of members) {
      const before = modelOf(kept)
      const at = `/${candidate.path}`
      const onFolders = foldersOf(at).every((above) => !before.has(above) || before.get(above)?.member.type === 'directory')
      const target = before.get(`/${candidate.target}`)
      const linkable =
        candidate.type !== 'hardlink' ||
        (target !== undefined && target.member.type !== 'directory' && !`/${candidate.target}`.startsWith(`${at}/`))
      // an implied folder that the layer's whiteouts are in the middle of is not worth a model
      if (onFolders && linkable && !touchesWhiteout(kept.at(-1) ?? [], candidate)) kept.at(-1)?.push(candidate)
    }
  }
  return kept
}

/** The model applies a layer's whiteouts first of all; a link to, or a folder in, what they hide would make a difference. */
function touchesWhiteout(members: Member[], candidate: Member): boolean {
  const isWhiteout = ({ path: at }: Member) => at.includes('.wh.')
  return isWhiteout(candidate)
    ? members.some((other) => !isWhiteout(other))
    : candidate.type === 'hardlink' && members.some(isWhiteout)
}
