import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidImage } from '../../../src/rootfs/invalid-image.ts'
import type { TarEntry } from '../../../src/rootfs/tar/entry.ts'
import { TarReader } from '../../../src/rootfs/tar/read-tar.ts'
import { header, layer, makeTar, type Member, padded, signed } from '../make-tar.ts'

const sample: Member[] = [
  { path: './', type: 'directory', mode: 0o750, uid: 5, gid: 6, mtime: 1_700_000_000 },
  { path: './etc/motd', content: 'hello\n', mode: 0o4755, mtime: '1700000000.5' },
  { path: `./${'n'.repeat(300)}`, content: Buffer.alloc(1500, 'x'), uid: 4_000_000_000 },
  { path: './caf\xe9\xff', type: 'symlink', target: 't'.repeat(2000) },
  { path: './null', type: 'character', device: [1, 3] },
  { path: './again', type: 'hardlink', target: './etc/motd', mtime: -5 },
  { path: './capable', content: 'x', xattrs: { 'security.capability': Buffer.from([1, 0, 10, 0, 255]) } },
]

describe('reading a tar', () => {
  test('gives names, owners, times, links, devices and attributes as they are', async () => {
    const read = await readAll(makeTar(sample))
    expect(read.map(({ entry }) => entry)).toMatchObject([
      { path: './', type: 'directory', mode: 0o750, uid: 5, gid: 6, mtime: { seconds: 1_700_000_000, nanoseconds: 0 } },
      { path: './etc/motd', type: 'file', mode: 0o4755, size: 6, mtime: { seconds: 1_700_000_000, nanoseconds: 500_000_000 } },
      { path: `./${'n'.repeat(300)}`, size: 1500, uid: 4_000_000_000 },
      { path: './caf\xe9\xff', type: 'symlink', target: 't'.repeat(2000) },
      { type: 'character', device: { major: 1, minor: 3 } },
      { type: 'hardlink', target: './etc/motd', mtime: { seconds: -5, nanoseconds: 0 } },
      { xattrs: new Map([['security.capability', Buffer.from([1, 0, 10, 0, 255])]]) },
    ])
    expect(read[1]?.content.toString()).toBe('hello\n')
  })

  test('does not depend on how the stream is cut into chunks', async () => {
    const tar = makeTar(sample)
    const whole = await readAll(tar)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), async (chunk) => {
        expect(await readAll(tar, chunk)).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })

  test('refuses a tar that ends in the middle of a member', async () => {
    const tar = makeTar(sample).subarray(0, -1024)
    const whole = await readAll(tar)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: tar.length - 1 }), async (length) => {
        const read = await readAll(tar.subarray(0, length)).catch((error: unknown) => error)
        if (!Array.isArray(read)) {
          expect(read).toBeInstanceOf(InvalidImage)
          return
        }
        expect(read).toEqual(whole.slice(0, read.length))
        // nothing is missing but padding
        expect(tar.subarray(length, Math.ceil(length / 512) * 512).every((byte) => byte === 0)).toBe(true)
      }),
    )
  })

  test('takes damaged bytes for what they are, and never hangs or crashes on them', async () => {
    const tar = makeTar(sample)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: tar.length - 1 }), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const damaged = Buffer.from(tar)
        damaged[at] = byte
        await readAll(damaged).catch((error: unknown) => expect(error).toBeInstanceOf(InvalidImage))
      }),
      { numRuns: 300 },
    )
  })

  test('reads a tar without anything after its last byte of content, as umoci insert writes them', async () => {
    const tar = Buffer.concat([header({ path: 'hello' }, 6), Buffer.from('hello\n')])
    expect((await readAll(tar)).map(({ content }) => content.toString())).toEqual(['hello\n'])
    await expect(readAll(tar.subarray(0, -1))).rejects.toThrow('the tar ends in the middle of hello')
  })

  test('accepts a header whose checksum was summed over signed characters', async () => {
    const block = header({ path: '\xe9\xe8' }, 0)
    const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte > 127 ? byte - 256 : byte), 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    expect((await readAll(block)).map(({ entry }) => entry.path)).toEqual(['\xe9\xe8'])
  })

  test('reads numbers in base 256, negative ones too', async () => {
    const block = header({ path: 'f' }, 0)
    block.set([0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe], 108)
    block.fill(0xff, 136, 148)
    const [first] = await readAll(signed(block))
    expect(first?.entry).toMatchObject({ uid: 0xfffffffe, mtime: { seconds: -1 } })
  })

  test('reads attributes in the dialect of libarchive', async () => {
    const value = Buffer.from([0, 1, 2]).toString('base64')
    const [first] = await readAll(makeTar([{ path: 'f', pax: [['LIBARCHIVE.xattr.user.a%3Db', value]] }]))
    expect(first?.entry.xattrs).toEqual(new Map([['user.a=b', Buffer.from([0, 1, 2])]]))
  })

  test("lets a member's own records win over global ones", async () => {
    const record = Buffer.from('9 uid=42\n')
    const tar = Buffer.concat([
      header({ path: 'g' }, record.length, 'g'),
      padded(record),
      makeTar([{ path: 'a' }, { path: 'b', pax: [['uid', '7']] }]),
    ])
    expect((await readAll(tar)).map(({ entry }) => entry.uid)).toEqual([42, 7])
  })

  test('refuses an extended header that would fill the memory', async () => {
    await expect(readAll(header({ path: 'x' }, 1 << 30, 'x'))).rejects.toThrow('too large')
  })

  test('refuses a member of a kind that it does not know', async () => {
    await expect(readAll(header({ path: 'x' }, 0, 'M'))).rejects.toThrow('unknown type "M"')
  })
})

async function readAll(tar: Buffer, chunk = 4096): Promise<{ entry: TarEntry; content: Buffer }[]> {
  const reader = new TarReader(layer(tar, chunk))
  const all: { entry: TarEntry; content: Buffer }[] = []
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const pieces: Buffer[] = []
    await reader.copyData((piece) => void pieces.push(Buffer.from(piece)))
    all.push({ entry, content: Buffer.concat(pieces) })
  }
  return all
}
