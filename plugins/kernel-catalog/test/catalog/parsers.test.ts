import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseIndex } from '../../src/catalog/index-format.ts'
import { unpackTarball } from '../../src/catalog/unpack-tarball.ts'
import { tarOf } from './catalog-server.ts'

test('any text is an index, or an error that says why not', () => {
  const entry = fc.record({ name: fc.string(), url: fc.string(), size: fc.integer(), sha256: fc.string() }, { requiredKeys: [] })
  const index = fc.record({ format: fc.constantFrom(1, 2), kernels: fc.array(entry) }, { requiredKeys: [] })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        index.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        try {
          expect(parseIndex(text)).toEqual([])
        } catch (error) {
          expect((error as Error).message).not.toBe('')
          if ((error as Error).name === 'AssertionError') throw error
        }
      },
    ),
  )
})

test('a damaged tarball is unpacked or refused, and never hangs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'banger-tar-'))
  const tar = await tarOf({ vmlinux: 'kernel', 'modules/6.1/modules.dep': 'a.ko:\n' })
  const file = join(folder, 'tarball')
  const damage = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(damage, fc.option(fc.nat(tar.length)), async (bytes, end) => {
      const damaged = Buffer.from(tar)
      for (const [at, value] of bytes) damaged[at] = value
      await writeFile(file, damaged.subarray(0, end ?? undefined))
      const target = await mkdtemp(join(folder, 'content-'))
      await unpackTarball(file, 'a.tar', target, new AbortController().signal).catch((error: Error) =>
        expect(error.message).not.toBe(''),
      )
    }),
    { numRuns: 100 },
  )
  await rm(folder, { recursive: true })
})
