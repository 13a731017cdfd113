import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeTar } from '../../../../core/test/rootfs/make-tar.ts'
import { indexTar } from '../../src/sources/tar-index.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const file = join(mkdtempSync(join(temporaryFolder(), 'index-')), 'x.tar')

it('says where the content of every member lies', async () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,60}){0,4}$/)
  const members = fc.uniqueArray(fc.record({ path: name, content: fc.string({ maxLength: 1500 }) }), {
    selector: ({ path }) => path,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(members, async (list) => {
      writeFileSync(file, makeTar(list))
      const index = await indexTar(file)
      const bytes = readFileSync(file)
      expect(
        [...index].map(([path, { start, size }]) => ({ path, content: bytes.toString('utf8', start, start + size) })),
      ).toEqual(list)
    }),
    { numRuns: 50 },
  )
})

it('reads any bytes, or refuses them with a sentence', async () => {
  const tar = makeTar([
    { path: 'a'.repeat(150), content: 'x'.repeat(600) },
    { path: 'l', type: 'symlink', target: '../a' },
  ])
  await fc.assert(
    fc.asyncProperty(fc.nat(tar.length - 1), fc.nat(255), fc.nat(tar.length), async (at, byte, length) => {
      const bytes = Buffer.from(tar)
      bytes[at] = byte
      writeFileSync(file, bytes.subarray(0, length))
      await indexTar(file).catch((error: Error) => expect(error.message).toMatch(/^it/))
    }),
    { numRuns: 200 },
  )
})
