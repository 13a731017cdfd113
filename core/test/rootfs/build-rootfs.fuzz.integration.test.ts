import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildRootfs } from '../../src/rootfs/build-rootfs.ts'
import { everyKind } from './crafted-layers.ts'
import { e2fsck } from './debugfs.ts'
import { layer, makeTar, signed } from './make-tar.ts'
import { temporaryFolder } from './temporary-folder.ts'

const image = join(temporaryFolder(), 'image.ext4')
const options = { signal: new AbortController().signal, progress: () => undefined, maxSize: 2 ** 40 }
const tar = makeTar(everyKind().filter(({ content = '' }) => content.length < 10_000))
const blocks = tar.length / 512
const headers = Array.from({ length: blocks }, (_, index) => index).filter((index) =>
  tar.subarray(index * 512 + 257, index * 512 + 262).equals(Buffer.from('ustar')),
)
/** Where a header's fields begin: name, mode, owners, size, time, checksum, type, target, magic, devices, prefix. */
const fields = [0, 1, 100, 108, 116, 124, 130, 136, 156, 157, 257, 263, 329, 337, 345]
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 12 }),
  fc
    .constantFrom('/', '..', '../', 'a/', '\0', ' ', '0', '7', '77777777', '-1', '.wh.', '1', '2', '5', 'x', 'g', 'L', 'K', 'S')
    .map((text) => Buffer.from(text)),
  fc.constantFrom(
    Buffer.alloc(12, 0xff),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]),
    Buffer.from([0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]),
  ),
)
const inHeader = fc.record({
  block: fc.constantFrom(...headers),
  at: fc.constantFrom(...fields),
  bytes,
})
const anywhere = fc.record({ block: fc.nat(blocks - 1), at: fc.nat(511), bytes })
const damage = fc.array(fc.oneof({ weight: 4, arbitrary: inHeader }, { weight: 1, arbitrary: anywhere }), {
  minLength: 1,
  maxLength: 4,
})

test('whatever the headers of a tar say, it is refused and nothing stays, or e2fsck is content', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(damage, async (all) => {
      const damaged = Buffer.from(tar)
      for (const { block, at, bytes: put } of all) {
        const part = damaged.subarray(block * 512, (block + 1) * 512)
        part.set(put.subarray(0, 512 - at), at)
        // else nothing would be seen of it but a wrong checksum
        if (headers.includes(block)) signed(part)
      }
      const built = await buildRootfs(only(layer(damaged)), image, options).catch((error: unknown) => error)
      if (built instanceof Error) {
        expect(built).toMatchObject({ code: 'image.invalid' })
        expect(existsSync(image)).toBe(false)
      } else expect(e2fsck(image)).toBe('')
    }),
    { numRuns: 150 },
  )
})

async function* only<T>(one: T): AsyncGenerator<T> {
  yield one
}
