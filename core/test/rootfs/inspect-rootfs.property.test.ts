import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { buildRootfs } from '../../src/rootfs/build-rootfs.ts'
import { inspectRootfs } from '../../src/rootfs/inspect-rootfs.ts'
import { layersOf, type Member } from './make-tar.ts'
import { temporaryFolder } from './temporary-folder.ts'

const file = join(temporaryFolder(), 'image.ext4')
const block = 4096
let image = Buffer.alloc(0)
/** Blocks that hold bookkeeping, folders and what is looked for, and no unused room. */
let used: number[] = []

beforeAll(async () => {
  const many = Array.from({ length: 300 }, (_, index): Member => ({ path: `sbin/a-name-that-takes-room-${index}` }))
  const layers = layersOf([
    { path: 'etc/os-release', type: 'symlink', target: `${'./'.repeat(40)}../usr/lib/os-release` },
    { path: 'usr/lib/os-release', content: 'ID=test\n' },
    { path: 'usr/lib/init', content: 'x', mode: 0o755 },
    ...many,
    { path: 'sbin/init', type: 'symlink', target: '/usr/lib/init' },
  ])
  await buildRootfs(layers, file, { signal: new AbortController().signal, progress: () => undefined })
  image = readFileSync(file)
  used = Array.from({ length: image.length / block }, (_, index) => index).filter((index) =>
    image.subarray(index * block, (index + 1) * block).some((byte) => byte !== 0),
  )
})

test('a damaged ext4 file is read or refused with a sentence, and never hangs', async () => {
  const damage = fc.record({
    where: fc.nat(),
    at: fc.oneof(fc.nat(block - 1), fc.integer({ min: 1024, max: 1400 }), fc.nat(300)),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
      fc.constantFrom([0, 0, 0, 0], [255, 255, 255, 255], [255, 255]),
    ),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (all) => {
      const damaged = Buffer.from(image)
      for (const { where, at, bytes } of all)
        damaged.set(bytes.slice(0, block - at), (used[where % used.length] ?? 0) * block + at)
      writeFileSync(file, damaged)
      const found = await inspectRootfs(file).catch((error: unknown) => error)
      if (found instanceof Error) expect(found).toMatchObject({ code: 'image.invalid' })
    }),
    { numRuns: 400 },
  )
})

test('an ext4 file that is cut off anywhere is read or refused with a sentence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(image.length), async (length) => {
      writeFileSync(file, image.subarray(0, length))
      const found = await inspectRootfs(file).catch((error: unknown) => error)
      expect(found).toMatchObject(length < image.length ? { code: 'image.invalid' } : { init: '/sbin/init' })
    }),
    { numRuns: 60 },
  )
})
