import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildRootfs } from '../../src/rootfs/build-rootfs.ts'
import { e2fsck, listImage } from './debugfs.ts'
import { foldersOf, modelOf } from './layer-model.ts'
import { layersOf, type Member } from './make-tar.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const options = { signal: new AbortController().signal, progress: () => undefined }
const types = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  character: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
  hardlink: 0,
}

// few names, so that layers meet at the same paths
const name = fc.constantFrom('a', 'b', 'c', 'a-name-that-is-rather-long'.repeat(6))
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const owner = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.nat(200_000),
  gid: fc.nat(200_000),
  mtime: fc.nat(2 ** 31),
})
const xattrs = fc.dictionary(
  fc.constantFrom('user.a', 'user.b', 'security.x', 'trusted.long-name'),
  fc.string({ maxLength: 90 }),
  { maxKeys: 3 },
)
const content = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.nat(20_000).map((size) => 'x'.repeat(size)),
)
const member: fc.Arbitrary<Member> = fc.oneof(
  fc.record({ path, content, xattrs }).chain((file) => owner.map((more) => ({ ...file, ...more }))),
  path.chain((at) => owner.map((more) => ({ path: at, type: 'directory' as const, ...more }))),
  fc.record({
    path,
    type: fc.constant('symlink' as const),
    target: fc.integer({ min: 1, max: 300 }).map((length) => 't'.repeat(length)),
  }),
  fc.record({ path, type: fc.constant('hardlink' as const), target: path }),
  fc.record({
    path,
    type: fc.constantFrom('character' as const, 'block' as const),
    device: fc.tuple(fc.nat(4000), fc.nat(9000)),
  }),
  fc.record({ path, type: fc.constant('fifo' as const) }),
  path.map((at) => ({ path: at.replace(/[^/]+$/, (last) => `.wh.${last}`) })),
  path.map((at) => ({ path: `${at}/.wh..wh..opq` })),
)

test('whatever the layers hold, e2fsck is content and the tree is what the layers say', async () => {
  const image = join(folder, 'image.ext4')
  const stack = fc.array(fc.array(member, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 }).map(valid)
  await fc.assert(
    fc.asyncProperty(stack, async (layers) => {
      const built = await buildRootfs(layersOf([{ path: './', type: 'directory' }], ...layers), image, options)
      expect(e2fsck(image)).toBe('')
      expect(describeImage(listImage(image))).toEqual(describeModel(modelOf(layers)))
      const again = await buildRootfs(layersOf([{ path: './', type: 'directory' }], ...layers), image, options)
      expect(again.digest).toBe(built.digest)
    }),
    { numRuns: 60 },
  )
})

/** Leaves out what the builder refuses: members in what is no folder, links to what is not there or a folder. */
function valid(stack: Member[][]): Member[][] {
  const kept: Member[][] = []
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

function permissions(type: string, mode: number | undefined): number {
  if (type === 'symlink') return 0o777
  return mode ?? (type === 'directory' ? 0o755 : 0o644)
}

type Description = Record<string, string>

function describeImage(seen: ReturnType<typeof listImage>): Description {
  return describe(
    [...seen].map(([at, entry]) => [
      at,
      entry.inode,
      `${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${entry.content ?? ''}`,
    ]),
  )
}

function describeModel(model: ReturnType<typeof modelOf>): Description {
  return describe(
    [...model].map(
      ([
        at,
        {
          file,
          member: { type = 'file', mode, uid = 0, gid = 0, content: text },
        },
      ]) => {
        const bits = types[type] | permissions(type, mode)
        return [
          at,
          file,
          `${bits.toString(8)} ${uid}:${gid} ${type === 'file' ? Buffer.from(text ?? '').toString('latin1') : ''}`,
        ]
      },
    ),
  )
}

/** Files by their first name in order, so that numbers do not matter. */
function describe(entries: [path: string, file: number, text: string][]): Description {
  const first = new Map<number, string>()
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    sorted.map(([at, file, text]) => {
      if (!first.has(file)) first.set(file, at)
      return [at, `${text} = ${first.get(file)}`]
    }),
  )
}
