import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { buildRootfs, type BuildOptions } from '../../src/rootfs/build-rootfs.ts'
import { everyKind, settable, sparse } from './crafted-layers.ts'
import { debugfs, e2fsck } from './debugfs.ts'
import { listFolder } from './list-folder.ts'
import { listImage } from './list-image.ts'
import { ContentDigest, differences } from './listing.ts'
import { header, layer, layersOf, makeTar, type Member } from './make-tar.ts'
import { mountObstacle, way, withMount } from './mount.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const image = join(folder, 'image.ext4')
const options: BuildOptions = { signal: new AbortController().signal, progress: () => undefined }
const root = process.getuid?.() === 0

describe('one layer', () => {
  test('says what system and init it holds, symlinks followed', async () => {
    const built = await build([
      { path: 'etc/os-release', type: 'symlink', target: '../usr/lib/os-release' },
      { path: 'usr/lib/os-release', content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' },
      { path: 'sbin', type: 'symlink', target: 'usr/sbin' },
      { path: 'usr/sbin/init', type: 'symlink', target: '/lib/systemd/systemd' },
      { path: 'lib', type: 'symlink', target: 'usr/lib' },
      { path: 'usr/lib/systemd/systemd', content: 'x', mode: 0o755 },
    ])
    expect(built).toMatchObject({
      entries: 6,
      os: { id: 'debian', idLike: [], versionId: '12', prettyName: 'Debian GNU/Linux 12' },
      init: '/sbin/init',
    })
  })

  test('has no init when the file is not executable, or the symlink leads in circles', async () => {
    const built = await build([
      { path: 'sbin/init', content: 'x', mode: 0o644 },
      { path: 'bin/init', type: 'symlink', target: '/bin/init' },
    ])
    expect(built.init).toBe('')
    expect(built.os).toBeUndefined()
  })

  test('gives the same bytes for the same members, however they arrive', async () => {
    const tar = makeTar(everyKind())
    const digests = new Set<string>()
    for (const chunk of [512, 4097, 1 << 20]) digests.add((await buildRootfs(only(layer(tar, chunk)), image, options)).digest)
    expect(digests.size).toBe(1)
    expect(`sha256:${execFileSync('sha256sum', [image], { encoding: 'utf8' }).slice(0, 64)}`).toBe([...digests][0])
  })

  test('keeps device numbers, long symlinks, large ids, times and attributes', async () => {
    await build(everyKind())
    expect(e2fsck(image)).toBe('')
    const said = (path: string) => debugfs(image, [`stat "${path}"`])
    expect(said('/null')).toContain('Device major/minor number: 01:03')
    expect(said('/wide')).toMatch(/New-style\) Device major\/minor number: 300:70000/)
    expect(said('/owned')).toMatch(/User: -294967296 {3}Group: 70000/)
    expect(said('/owned')).toContain('security.capability (20)')
    expect(said('/setuid')).toContain('Mode:  04755')
    expect(said('/symlink-59')).toContain('Fast link dest')
    expect(said('/symlink-4095')).toContain('Size: 4095')
    expect(said('/future')).toMatch(/mtime: 0x\w+:1d6f3455 -- .* 2100/)
    expect(debugfs(image, ['ea_get -x /many user.n29'])).toContain('user.n29')
  })

  test('leaves out attributes of namespaces that Linux does not have', async () => {
    await build([{ path: 'a', xattrs: { 'com.apple.quarantine': 'x', 'user.mine': 'y' } }])
    expect(e2fsck(image)).toBe('')
    expect(debugfs(image, ['ea_list /a'])).toMatch(/^ {2}user\.mine \(1\).*$/m)
    expect(debugfs(image, ['ea_list /a'])).not.toContain('apple')
  })

  test('makes a folder of thousands of names, found by hash, and one of 70,000 folders', { timeout: 60_000 }, async () => {
    const files = Array.from({ length: 5000 }, (_, index): Member => ({ path: `files/${index}-${'n'.repeat(index % 200)}` }))
    const folders = Array.from({ length: 70_000 }, (_, index): Member => ({ path: `folders/${index}`, type: 'directory' }))
    await build([...files, ...folders])
    expect(e2fsck(image)).toBe('')
    expect(debugfs(image, ['htree_dump /files'])).toMatch(/Hash Version: 1/)
    expect(debugfs(image, ['stat /folders'])).toMatch(/Links: 1 /)
  })

  test('keeps the holes of sparse files beyond 4 GiB', async () => {
    const offsets = Array.from({ length: 1500 }, (_, index) => index * 3_000_320)
    const size = 5_000_000_000
    const content = Buffer.concat(offsets.map((_, index) => Buffer.alloc(512, `content ${index} `)))
    await build([{ ...sparse('sparse', size, offsets), content }])
    expect(e2fsck(image)).toBe('')
    const digest = new ContentDigest()
    for (const [index, offset] of offsets.entries()) {
      const block = Buffer.alloc(4096)
      content.copy(block, offset % 4096, index * 512, (index + 1) * 512)
      digest.add(Math.floor(offset / 4096), block)
    }
    expect(listImage(image).get('/sparse')).toMatchObject({ size, digest: digest.end() })
    expect(statSync(image).size).toBeLessThan(10_000_000)
  })

  test.skipIf(!root)(
    `is the tree that GNU tar unpacks (needs root: GNU tar gives files their owners; ${way}, and read by debugfs)`,
    async () => {
      const tar = makeTar(settable([...everyKind(), ...beyondUmoci]))
      const unpacked = join(folder, 'unpacked')
      mkdirSync(unpacked)
      const unpack = (...args: string[]) =>
        execFileSync('tar', ['--extract', '--numeric-owner', `--directory=${unpacked}`, ...args], { input: tar, stdio: 'pipe' })
      unpack('--xattrs', '--xattrs-include=*')
      // lists as attributes, and lists in words: GNU tar takes one or the other
      unpack('--acls', 'words')
      await buildRootfs(only(layer(tar)), image, options)
      expect(e2fsck(image)).toBe('')
      const expected = listFolder(unpacked, { countLinks: true })
      expect(differences(expected, listImage(image))).toEqual([])
      if (!mountObstacle)
        expect(
          differences(
            expected,
            withMount(image, (mounted) => listFolder(mounted)),
          ),
        ).toEqual([])
    },
  )

  test.skipIf(mountObstacle)(`serves as the lower layer of an overlay${mountObstacle && ` (${mountObstacle})`}`, async () => {
    await build([{ path: './', type: 'directory' }, ...everyKind()])
    const folders = ['upper', 'work', 'merged'].map((name) => join(folder, name))
    for (const path of folders) mkdirSync(path)
    const [upper, work, merged] = folders as [string, string, string]
    withMount(image, (lower) => {
      execFileSync('mount', ['-t', 'overlay', '-o', `lowerdir=${lower},upperdir=${upper},workdir=${work}`, 'overlay', merged])
      try {
        execFileSync('sh', ['-c', 'echo more >> folder/file; rm setuid; mv owned moved; chmod 700 folder'], { cwd: merged })
        expect(readFileSync(join(merged, 'folder/file'), 'utf8')).toBe('contentmore\n')
        expect(existsSync(join(merged, 'moved'))).toBe(true)
      } finally {
        execFileSync('umount', [merged])
      }
    })
  })
})

describe('what cannot be built leaves nothing behind:', () => {
  const failing = async (layers: AsyncIterable<Readable>, more: Partial<BuildOptions> = {}): Promise<unknown> => {
    const error = await buildRootfs(layers, image, { ...options, ...more }).catch((thrown: unknown) => thrown)
    expect(existsSync(image)).toBe(false)
    return error
  }

  test('a tar that ends in the middle', async () => {
    const tar = makeTar([{ path: 'a', content: Buffer.alloc(100_000) }])
    expect(await failing(only(layer(tar.subarray(0, 50_000))))).toMatchObject({ code: 'image.invalid', message: /middle of a/ })
  })

  test('what is no tar, with its origin named', async () => {
    const error = await failing(only(layer(Buffer.alloc(5000, 'x'))), { source: 'file:/srv/x' })
    expect(error).toMatchObject({ code: 'image.invalid', message: /file:\/srv\/x cannot be used: it is no tar/ })
  })

  test('no files at all', async () => {
    expect(await failing(layersOf([]))).toMatchObject({ code: 'image.invalid' })
  })

  test('a path that climbs, in a later layer', async () => {
    const error = await failing(layersOf([{ path: 'a' }], [{ path: '../a' }]))
    expect(error).toMatchObject({ code: 'image.invalid', message: /layer 2.*climbs/ })
  })

  test('more than the limit, known from the header before the bytes come', async () => {
    const endless = Readable.from([header({ path: 'bomb' }, 8_000_000_000)], { objectMode: false })
    expect(await failing(only(endless), { maxSize: 2 ** 30 })).toMatchObject({ code: 'image.invalid', message: /1 GiB/ })
  })

  test('more members than the limit', async () => {
    const error = await failing(layersOf([{ path: 'a' }, { path: 'b' }], [{ path: 'c' }]), { maxEntries: 2 })
    expect(error).toMatchObject({ code: 'image.invalid', message: /more files/ })
  })

  test('attributes that no ext4 holds', async () => {
    const error = await failing(layersOf([{ path: 'a', xattrs: { 'user.a': Buffer.alloc(5000) } }]))
    expect(error).toMatchObject({ code: 'image.invalid', message: /extended attributes/ })
  })

  test('a source that fails, whose own error is given', async () => {
    const broken = new Readable({ read: () => undefined })
    broken.push(makeTar([{ path: 'a' }]).subarray(0, 700))
    setTimeout(() => broken.destroy(new Error('the line is dead')), 20)
    expect(await failing(only(broken))).toMatchObject({ message: 'the line is dead' })
  })

  test('an interruption while a source says nothing', async () => {
    const stalled = new Readable({ read: () => undefined })
    const aborter = new AbortController()
    setTimeout(() => aborter.abort(), 20)
    expect(await failing(only(stalled), { signal: aborter.signal })).toMatchObject({ code: 'aborted' })
    expect(stalled.destroyed).toBe(true)
  })

  test.skipIf(mountObstacle)(`a full disk (a small tmpfs)${mountObstacle && ` (${mountObstacle})`}`, async () => {
    const small = join(folder, 'small')
    mkdirSync(small)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small])
    try {
      const output = join(small, 'image.ext4')
      const build = buildRootfs(layersOf([{ path: 'a', content: Buffer.alloc(6_000_000, 'x') }]), output, options)
      await expect(build).rejects.toMatchObject({ code: 'disk.full' })
      expect(existsSync(output)).toBe(false)
    } finally {
      execFileSync('umount', [small])
    }
  })
})

function build(members: Member[]) {
  return buildRootfs(layersOf(members), image, options)
}

async function* only(stream: Readable): AsyncGenerator<Readable> {
  yield stream
}

/**
 * What umoci cannot say of layers, and GNU tar can: Go's reader drops attributes without a value and passes over access control
 * lists in words; Go's times end in 2262; and umoci makes zeros of holes.
 */
const beyondUmoci: Member[] = [
  { path: 'empty-attribute', xattrs: { 'user.empty': '' } },
  { path: 'words', type: 'directory' },
  { path: 'words/list', mode: 0o674, pax: [['SCHILY.acl.access', 'user::rw-,user:1000:r-x,group::r-x,mask::rwx,other::r--']] },
  { path: 'far-future', mtime: '13569465600.25' },
  sparse('beyond-4-gib', 5_000_000_000, [0, 2_000_000_000, 4_999_999_488]),
]
