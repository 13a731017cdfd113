import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { applyPlugin, testHost } from '@banger/plugin-testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuiltRootfs, buildRootfs } from '../../../core/src/rootfs/build-rootfs.ts'
import { extend } from '../src/extend.ts'
import { imageName } from '../src/source.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-manual-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = { signal: new AbortController().signal, progress: () => undefined }
const at = (name: string) => join(folder, name)
const hasXz = spawnSync('xz', ['--version']).status === 0
let tar = Buffer.alloc(0)

beforeAll(() => {
  mkdirSync(at('tree/etc'), { recursive: true })
  mkdirSync(at('tree/sbin'))
  writeFileSync(at('tree/etc/os-release'), 'ID=mine\n')
  writeFileSync(at('tree/sbin/init'), 'x', { mode: 0o755 })
  symlinkSync('init', at('tree/sbin/again'))
  writeFileSync(at('tree/holes'), 'begin')
  truncateSync(at('tree/holes'), 50_000_000)
  tar = execFileSync('tar', [
    '--create',
    '--file=-',
    '--sparse',
    '--format=posix',
    '--sort=name',
    `--directory=${at('tree')}`,
    '.',
  ])
})

describe('a tar', () => {
  test.each<[string, (tar: Buffer) => Buffer]>([
    ['plain', (bytes) => bytes],
    ['gzip', (bytes) => gzipSync(bytes)],
    ['gzip of several members', (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, 700)), gzipSync(bytes.subarray(700))])],
    ['zstd', (bytes) => zstdCompressSync(bytes)],
  ])('(%s) becomes a rootfs', async (_name, pack) => {
    writeFileSync(at('packed'), pack(tar))
    expect(await build(at('packed'))).toMatchObject({ os: { id: 'mine' }, init: '/sbin/init' })
  })

  test.skipIf(!hasXz)('(xz, by the host’s program) becomes a rootfs', async () => {
    writeFileSync(at('packed'), execFileSync('xz', ['--stdout'], { input: tar }))
    expect(await build(at('packed'))).toMatchObject({ os: { id: 'mine' } })
  })

  test.each<[string, (tar: Buffer) => Buffer]>([
    ['gzip', (bytes) => gzipSync(bytes)],
    ['zstd', (bytes) => zstdCompressSync(bytes)],
  ])('(%s) that is cut off is refused by name', async (_name, pack) => {
    const whole = pack(tar)
    writeFileSync(at('packed'), whole.subarray(0, whole.length - 20))
    await expect(build(at('packed'))).rejects.toMatchObject({
      code: 'image.invalid',
      message: expect.stringContaining(at('packed')),
    })
  })
})

test('a tar with absolute names is refused, with what to do about it', async () => {
  execFileSync('tar', ['--create', '-P', `--file=${at('absolute.tar')}`, at('tree')])
  await expect(build(at('absolute.tar'))).rejects.toMatchObject({
    code: 'image.invalid',
    message: expect.stringMatching(/absolute/),
    hint: expect.stringMatching(/without -P/),
  })
})

test('a folder becomes a rootfs, holes and all', async () => {
  const built = await build(at('tree'))
  expect(built).toMatchObject({ entries: 7, os: { id: 'mine' }, init: '/sbin/init' })
  expect(built.size).toBeLessThan(10_000_000)
})

test('an ext4 file is used where it lies', async () => {
  await build(at('tree'), at('ready.ext4'))
  expect(await resolve(at('ready.ext4'))).toMatchObject({ rootfs: at('ready.ext4'), name: 'ready' })
})

test('another look at the same file gives the same digest; a changed one another', async () => {
  writeFileSync(at('a.tar'), tar)
  const [first, second] = [await resolve(at('a.tar')), await resolve(at('a.tar'))]
  writeFileSync(at('a.tar'), Buffer.concat([tar, tar]))
  expect(second?.digest).toBe(first?.digest)
  expect((await resolve(at('a.tar')))?.digest).not.toBe(first?.digest)
})

test('what is none of these is refused by its name, and what is no absolute path is left to others', async () => {
  writeFileSync(at('disk'), 'QFI\xfb', 'latin1')
  await expect(resolve(at('disk'))).rejects.toMatchObject({ code: 'image.invalid', message: /it is a qcow2 disk image/ })
  await expect(resolve(at('none'))).rejects.toMatchObject({ code: 'image.invalid', message: /no such file/ })
  expect(await resolve('debian:bookworm')).toBeUndefined()
})

test('names come from the file', () => {
  expect(imageName('/srv/Debian_12.tar.gz')).toBe('debian-12')
  expect(imageName('/srv/rootfs.ext4')).toBe('rootfs')
  expect(imageName('/')).toBe('rootfs')
  expect(imageName(`/${'a'.repeat(100)}.img`)).toHaveLength(63)
})

const { imageSources } = applyPlugin(extend(), testHost({ folder }))

function resolve(path: string) {
  return imageSources.require('file').resolve(path, options)
}

async function build(path: string, output = at('image.ext4')): Promise<BuiltRootfs> {
  const found = await resolve(path)
  if (!found) throw new Error('not resolved')
  const built = await buildRootfs(found.layers(options), output, options)
  expect(readFileSync(output).length).toBe(built.size)
  return built
}
