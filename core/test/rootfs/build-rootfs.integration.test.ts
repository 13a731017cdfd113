import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { buildRootfs, type BuildOptions } from '../../src/rootfs/build-rootfs.ts'
import { debugfs, e2fsck } from './debugfs.ts'
import { header, layer, layersOf, makeTar, type Member } from './make-tar.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const image = join(folder, 'image.ext4')
const options: BuildOptions = { signal: new AbortController().signal, progress: () => undefined }
const root = process.getuid?.() === 0
const canMount = root && existsSync('/dev/loop-control')

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
    const tar = makeTar(everything())
    const digests = new Set<string>()
    for (const chunk of [512, 4097, 1 << 20]) digests.add((await buildRootfs(only(layer(tar, chunk)), image, options)).digest)
    expect(digests.size).toBe(1)
    expect(`sha256:${execFileSync('sha256sum', [image], { encoding: 'utf8' }).slice(0, 64)}`).toBe([...digests][0])
  })

  test('keeps device numbers, long symlinks, large ids, times and attributes', async () => {
    await build(everything())
    expect(e2fsck(image)).toBe('')
    const said = (path: string) => debugfs(image, [`stat "${path}"`])
    expect(said('/null')).toContain('Device major/minor number: 01:03')
    expect(said('/wide')).toMatch(/New-style\) Device major\/minor number: 300:70000/)
    expect(said('/owned')).toMatch(/User: -294967296 {3}Group: 70000/)
    expect(said('/owned')).toContain('security.capability (20)')
    expect(said('/setuid')).toContain('Mode:  04755')
    expect(said('/short')).toContain('Fast link dest')
    expect(said('/long')).toContain('Size: 3000')
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
    const pieces = Array.from({ length: 1500 }, (_, index) => index * 3_000_320)
    const size = 5_000_000_000
    const map = pieces.map((offset) => `${offset},7`).join(',')
    await build([
      {
        path: 'sparse',
        content: 'content'.repeat(1500),
        pax: [
          ['GNU.sparse.size', String(size)],
          ['GNU.sparse.map', map],
        ],
      },
    ])
    expect(e2fsck(image)).toBe('')
    expect(debugfs(image, ['stat /sparse'])).toContain(`Size: ${size}`)
    expect(readPieces('/sparse', pieces)).toEqual(new Set(['content']))
  })

  test.skipIf(!canMount)('mounted by the kernel (needs root and loop devices), is the tree that GNU tar unpacks', async () => {
    const tar = makeTar(everything())
    const unpacked = join(folder, 'unpacked')
    mkdirSync(unpacked)
    execFileSync('tar', ['--extract', '--numeric-owner', '--xattrs', '--xattrs-include=*', `--directory=${unpacked}`], {
      input: tar,
    })
    await buildRootfs(only(layer(tar)), image, options)
    withMount(image, (mounted) => expect(tarOf(mounted).equals(tarOf(unpacked))).toBe(true))
  })

  test.skipIf(!canMount)('serves as the lower layer of an overlay (needs root and loop devices)', async () => {
    await build([{ path: './', type: 'directory' }, ...everything()])
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

  test.skipIf(!root)('a full disk (needs root, for a small tmpfs)', async () => {
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

/** A member of each kind that is easily lost. */
function everything(): Member[] {
  const mtime = 1_600_000_000
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`user.n${index}`, 'v'.repeat(90)]))
  const acl = Buffer.from('0200000001000600ffffffff02000500e803000004000500ffffffff10000700ffffffff20000400ffffffff', 'hex')
  const members: Member[] = [
    { path: './', type: 'directory', mode: 0o755 },
    { path: 'folder', type: 'directory', mode: 0o1777, xattrs: { 'trusted.overlay.opaque': 'x' } },
    { path: 'folder/file', content: 'content' },
    { path: 'folder/link', type: 'hardlink', target: 'folder/file' },
    { path: 'empty', xattrs: { 'user.empty': '' } },
    { path: 'large', content: Buffer.alloc(3_000_001, 'large') },
    { path: 'setuid', content: 'x', mode: 0o4755 },
    {
      path: 'owned',
      uid: 4_000_000_000,
      gid: 70_000,
      content: 'x',
      xattrs: { 'security.capability': Buffer.from('0100000200200000000000000000000000000000', 'hex') },
    },
    { path: 'many', xattrs: many },
    { path: 'same', xattrs: many },
    { path: 'listed', mode: 0o674, xattrs: { 'system.posix_acl_access': acl } },
    { path: 'null', type: 'character', device: [1, 3] },
    { path: 'wide', type: 'block', device: [300, 70_000] },
    { path: 'pipe', type: 'fifo' },
    { path: 'short', type: 'symlink', target: 's'.repeat(59) },
    { path: 'longer', type: 'symlink', target: 's'.repeat(60) },
    { path: 'long', type: 'symlink', target: 'l/'.repeat(1500) },
    { path: 'not-utf8-\xff\xfe', content: 'x' },
    { path: `${'p'.repeat(200)}/${'q'.repeat(255)}`, content: 'deep' },
    { path: 'future', mtime: '4102488000.123456789' },
    { path: 'past', mtime: '-2000000000.5' },
  ]
  // folders get their times last, after their children
  const times = [`${'p'.repeat(200)}`, 'folder', './'].map(
    (path): Member => ({
      path,
      type: 'directory',
      mtime,
      mode: path === 'folder' ? 0o1777 : 0o755,
      xattrs: path === 'folder' ? { 'trusted.overlay.opaque': 'x' } : {},
    }),
  )
  return [...members.map((member) => ({ mtime, ...member })), ...times]
}

/** The seven bytes at each offset, found through debugfs's own map of the file's blocks. */
function readPieces(path: string, offsets: number[]): Set<string> {
  const said = debugfs(
    image,
    offsets.map((offset) => `bmap ${path} ${Math.floor(offset / 4096)}`),
  )
  const blocks = said.split('\n').filter((line) => /^\d+$/.test(line))
  const file = openSync(image, 'r')
  const pieces = offsets.map((offset, index) => {
    const bytes = Buffer.alloc(7)
    readSync(file, bytes, 0, 7, Number(blocks[index]) * 4096 + (offset % 4096))
    return bytes.toString()
  })
  closeSync(file)
  return new Set(pieces)
}

function withMount(path: string, run: (mounted: string) => void): void {
  const mounted = join(folder, 'mounted')
  mkdirSync(mounted, { recursive: true })
  execFileSync('mount', ['-o', 'loop,ro', path, mounted])
  try {
    run(mounted)
  } finally {
    execFileSync('umount', [mounted])
  }
}

/** All that GNU tar knows of a tree, as bytes to compare. */
function tarOf(path: string): Buffer {
  const what = [
    '--format=posix',
    '--pax-option=delete=atime,delete=ctime',
    '--numeric-owner',
    '--sort=name',
    '--xattrs',
    '--xattrs-include=*',
  ]
  return execFileSync('tar', ['--create', '--file=-', ...what, `--directory=${path}`, '.'], { maxBuffer: 1 << 28 })
}
