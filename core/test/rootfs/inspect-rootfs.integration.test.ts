import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildRootfs } from '../../src/rootfs/build-rootfs.ts'
import { inspectRootfs } from '../../src/rootfs/inspect-rootfs.ts'
import { env } from './debugfs.ts'
import { layersOf } from './make-tar.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const tree = join(folder, 'tree')
const image = join(folder, 'image')

beforeAll(() => {
  for (const path of ['etc', 'sbin', 'usr/lib/systemd', 'many']) mkdirSync(join(tree, path), { recursive: true })
  writeFileSync(join(tree, 'usr/lib/os-release'), 'ID=test\nID_LIKE="debian ubuntu"\n')
  symlinkSync('../usr/lib/os-release', join(tree, 'etc/os-release'))
  symlinkSync(`/${'./'.repeat(60)}usr/lib/systemd/systemd`, join(tree, 'sbin/init'))
  writeFileSync(join(tree, 'usr/lib/systemd/systemd'), Buffer.alloc(200_000, 'x'), { mode: 0o755 })
  for (let index = 0; index < 500; index++) writeFileSync(join(tree, `usr/lib/file-${index}`), '')
})

describe('an image made by mke2fs', () => {
  test.each([
    ['ext2', '1024', 'none'],
    ['ext3', '4096', '^has_journal'],
    ['ext4', '1024', 'none'],
    ['ext4', '4096', '64bit,metadata_csum'],
    ['ext4', '4096', '^64bit,^metadata_csum,^flex_bg'],
  ])('of type %s with blocks of %s and features %s is read', async (type, block, features) => {
    make(type, '-b', block, ...(features === 'none' ? [] : ['-O', features]))
    expect(await inspectRootfs(image)).toEqual({
      os: { id: 'test', idLike: ['debian', 'ubuntu'] },
      init: '/sbin/init',
      size: 24 * 2 ** 20,
    })
  })

  test('with folders indexed by hash is read', async () => {
    make('ext4', '-b', '1024')
    execFileSync('e2fsck', ['-fyD', image], { stdio: 'ignore', env })
    expect((await inspectRootfs(image)).init).toBe('/sbin/init')
  })

  test('is refused when it is cut off, was not unmounted cleanly, or keeps files where banger does not look', async () => {
    make('ext4')
    truncateSync(image, 10 * 2 ** 20)
    await expect(inspectRootfs(image)).rejects.toMatchObject({ code: 'image.invalid', message: /cut off/ })
    make('ext4')
    execFileSync('debugfs', ['-w', '-R', 'feature needs_recovery', image], { stdio: 'ignore', env })
    await expect(inspectRootfs(image)).rejects.toMatchObject({ message: /e2fsck -p/ })
    make('ext4', '-O', 'inline_data')
    await expect(inspectRootfs(image)).rejects.toMatchObject({ message: /inline_data/ })
  })
})

test("banger's own images are read", async () => {
  const options = { signal: new AbortController().signal, progress: () => undefined }
  const built = await buildRootfs(
    layersOf([
      { path: 'usr/lib/os-release', content: 'NAME=x' },
      { path: 'bin/init', content: 'x', mode: 0o755 },
    ]),
    image,
    options,
  )
  expect(await inspectRootfs(image)).toEqual({ os: built.os, init: '/bin/init', size: built.size })
})

describe('what is no ext4 is called by its name:', () => {
  test.each<[string, Buffer]>([
    ['a gzip file', gzipSync('x')],
    ['a qcow2 disk image', Buffer.from('QFI\xfb\0\0\0\x03', 'latin1')],
    ['a squashfs filesystem', Buffer.from('hsqs')],
    ['a tar', Buffer.from(`${'\0'.repeat(257)}ustar`)],
    ['a whole disk with a partition table (GPT)', Buffer.from(`${'\0'.repeat(510)}\x55\xaaEFI PART`, 'latin1')],
    ['a whole disk with a partition table (MBR)', Buffer.from(`${'\0'.repeat(510)}\x55\xaa`, 'latin1')],
    ['an empty file', Buffer.alloc(0)],
    ['a file of no known kind', Buffer.from('hello')],
  ])('%s', async (name, bytes) => {
    writeFileSync(image, bytes)
    await expect(inspectRootfs(image)).rejects.toMatchObject({
      code: 'image.invalid',
      message: `The root filesystem ${image} cannot be used: it is ${name}, not an ext4 filesystem`,
    })
  })

  test('a folder, and nothing', async () => {
    await expect(inspectRootfs(folder)).rejects.toMatchObject({ code: 'image.invalid', message: /it is a folder/ })
    await expect(inspectRootfs(join(folder, 'none'))).rejects.toMatchObject({ code: 'image.invalid', message: /no such file/ })
  })
})

function make(type: string, ...options: string[]): void {
  writeFileSync(image, '')
  execFileSync('mke2fs', ['-q', '-F', '-t', type, '-d', tree, ...options, image, '24M'], { env })
}
