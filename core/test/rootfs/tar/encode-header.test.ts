import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeHeader, endOfTar, type HeaderFields, padding } from '../../../src/rootfs/tar/encode-header.ts'
import { TarReader } from '../../../src/rootfs/tar/read-tar.ts'
import { layer } from '../make-tar.ts'

const name = (max: number) =>
  fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: max }).map((bytes) => {
    const text = String.fromCharCode(...bytes)
    // A slash at the end makes a folder of it.
    return text.endsWith('/') ? `${text}x` : text
  })
const fields: fc.Arbitrary<HeaderFields> = fc.record({
  path: name(300),
  target: name(300),
  type: fc.constantFrom('file', 'directory', 'symlink', 'hardlink'),
  mode: fc.integer({ min: 0, max: 0o7777 }),
  mtime: fc.record({
    seconds: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  }),
  size: fc.nat({ max: 2000 }),
})

test('what is written is read again, whatever the bytes of names and the times', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fields, { maxLength: 5 }), async (entries) => {
      const content = (entry: HeaderFields) => (entry.type === 'file' ? Buffer.alloc(entry.size, 'x') : Buffer.alloc(0))
      const sized = entries.map((entry) => ({ ...entry, size: content(entry).length }))
      const tar = Buffer.concat([
        ...sized.flatMap((entry) => [encodeHeader(entry), content(entry), padding(entry.size)]),
        endOfTar,
      ])
      const reader = new TarReader(layer(tar, 777))
      for (const { path, target, type, mode, mtime, size } of sized)
        expect(await reader.next()).toMatchObject({ path, target, type, mode, mtime, size, uid: 0, gid: 0 })
      expect(await reader.next()).toBeUndefined()
    }),
  )
})

test('a file of 9 GiB says so', async () => {
  const size = 9 * 1024 ** 3
  const entry = { path: 'large', target: '', type: 'file' as const, mode: 0o644, mtime: { seconds: 0, nanoseconds: 0 }, size }
  expect(await new TarReader(layer(encodeHeader(entry))).next()).toMatchObject({ path: 'large', size })
})

test('GNU tar reads it', () => {
  const mtime = { seconds: 1_000_000_000, nanoseconds: 5 }
  const tar = Buffer.concat([
    encodeHeader({ path: `${'d'.repeat(120)}/`, target: '', type: 'directory', mode: 0o755, mtime, size: 0 }),
    encodeHeader({ path: 'link', target: 't'.repeat(150), type: 'symlink', mode: 0o777, mtime, size: 0 }),
    encodeHeader({ path: 'file', target: '', type: 'file', mode: 0o640, mtime, size: 3 }),
    Buffer.from('abc'),
    padding(3),
    endOfTar,
  ])
  const list = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--full-time', '--utc', '--file=-'], { input: tar })
  expect(list.toString().replaceAll(/ +/g, ' ')).toBe(
    [
      `drwxr-xr-x 0/0 0 2001-09-09 01:46:40.000000005 ${'d'.repeat(120)}/`,
      `lrwxrwxrwx 0/0 0 2001-09-09 01:46:40.000000005 link -> ${'t'.repeat(150)}`,
      '-rw-r----- 0/0 3 2001-09-09 01:46:40.000000005 file',
      '',
    ].join('\n'),
  )
})
