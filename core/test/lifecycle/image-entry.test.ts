import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { imageEntries } from '../../src/lifecycle/image-entry.ts'
import { anImage } from '../samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-entry-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file with that many bytes in use and a hole behind them. */
function file(name: string, bytes: number, length = bytes): string {
  const path = join(folder, name)
  writeFileSync(path, Buffer.alloc(bytes, 'x'))
  truncateSync(path, length)
  return path
}

describe('an image as it is listed', () => {
  it('takes the blocks that its own files use, holes not counted', async () => {
    const image = anImage({ files: { rootfs: file('rootfs', 8192, 1 << 30), workSeed: file('seed', 4096) }, size: 1 })
    expect(await imageEntries([image], [image])).toMatchObject([{ size: 12_288, cachedSize: 0, sharedSize: 0 }])
  })

  it('shares what the cache keeps for others as well, and each file counts once', async () => {
    const [base, own, other] = [file('base', 40_960), file('own', 4096), file('other', 8192)]
    const one = anImage({ name: 'one', cached: [base, own, own] })
    const two = anImage({ name: 'two', cached: [base, other] })
    expect(await imageEntries([one, two], [one, two])).toMatchObject([
      { cachedSize: 45_056, sharedSize: 40_960 },
      { cachedSize: 49_152, sharedSize: 40_960 },
    ])
    expect(await imageEntries([one], [one])).toMatchObject([{ cachedSize: 45_056, sharedSize: 0 }])
  })

  it('may have lost its cached files, and even its own', async () => {
    const image = anImage({ files: { rootfs: join(folder, 'gone') }, cached: [join(folder, 'gone too')] })
    expect(await imageEntries([image], [image])).toMatchObject([{ size: 0, cachedSize: 0, sharedSize: 0 }])
  })
})
