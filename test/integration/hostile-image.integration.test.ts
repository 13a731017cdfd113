import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DaemonClient } from '../../core/src/client/daemon-client.ts'
import { e2fsck } from '../../core/test/rootfs/debugfs.ts'
import { listImage } from '../../core/test/rootfs/list-image.ts'
import { header, makeTar, type Member, padded, signed } from '../../core/test/rootfs/make-tar.ts'
import { sampleImage, sha256 } from '../../plugins/image-oci/test/sample-image.ts'
import { writeLayout } from '../../plugins/image-oci/test/write-layout.ts'
import { pull, scratchBanger } from './pulled-image.ts'

const { banger, folder } = scratchBanger()
const client = new DaemonClient({ socket: join(banger.state, 'bangerd.sock'), log: '' })
const config = join(banger.home, '.config/banger/config.toml')
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'

beforeAll(async () => {
  mkdirSync(dirname(config), { recursive: true })
  writeFileSync(config, '[plugins.image-oci]\nmax_unpacked_gib = 0.01\n')
  await banger.ok(['daemon', 'start'])
})

// of a case that fails
afterEach(() => client.deleteImage('evil').catch(() => undefined))

type Layer = Member[] | Buffer
type Case = [name: string, layers: Layer[], reason: RegExp]

const symlink = (path: string, target: string): Member => ({ path, type: 'symlink', target })
const hardlink = (path: string, target: string): Member => ({ path, type: 'hardlink', target })
const device = (...numbers: [number, number]): Member => ({ path: 'device', type: 'block', device: numbers })
/** The layer with its last member, and what ends it, cut off. */
const cut = (members: Member[], bytes: number) => makeTar(members).subarray(0, bytes)
/** A member whose header has these bytes from `at` on. */
const odd = (at: number, bytes: number[] | string) => {
  const block = header({ path: 'odd' }, 0)
  block.set(Buffer.from(bytes as string, 'latin1'), at)
  return signed(block)
}
const damagedPax = Buffer.concat([header({ path: 'pax' }, 9, 'x'), padded(Buffer.from('99 uid=1\n'))])
const endless = (member: Buffer) => Buffer.concat(Array<Buffer>(3000).fill(member))
const record = (key: string, value: string): Member => ({ path: 'a', pax: [[key, value]] })

const paths: Case[] = [
  ['a path that climbs', [[{ path: '../etc/passwd' }]], /climbs/],
  ['a path that climbs on its way', [[{ path: 'a/../../etc/passwd' }]], /climbs/],
  ['a path that climbs in a pax header', [[record('path', '../../x')]], /climbs/],
  ['a path that climbs in a long name of GNU', [[{ path: `../${'x'.repeat(150)}`, gnu: true }]], /climbs/],
  ['a path that climbs in a later layer', [[{ path: 'a' }], [{ path: '../a' }]], /layer 2.*climbs/],
  ['an absolute path', [[{ path: '/etc/passwd' }]], /\/etc\/passwd, which is absolute/],
  ['an absolute path among others', [[{ path: 'etc/motd' }, { path: '//etc/passwd' }]], /absolute/],
  ['a file in place of the root', [[{ path: '.' }]], /root/],
  ['a whiteout that climbs', [[{ path: 'a' }], [{ path: '.wh...' }]], /whiteout/],
  ['a name of 256 bytes', [[{ path: 'n'.repeat(256) }]], /255/],
  ['a path of more than 4096 bytes', [[{ path: 'n/'.repeat(2500) }]], /4096/],
  ['a NUL in a name', [[record('path', 'a\0b')]], /NUL/],
  ['a member below a file', [[{ path: 'a' }, { path: 'a/b' }]], /a file and no folder/],
  ['a member below a file of another layer', [[{ path: 'a' }], [{ path: 'a/b' }]], /a file and no folder/],
  ['a member below a device', [[device(8, 1), { path: 'device/b' }]], /a device and no folder/],
]

const symlinks: Case[] = [
  ['a symlink to the host as a folder', [[symlink('a', '/etc'), { path: 'a/passwd' }]], /through a symlink to \/etc, .*absolute/],
  ['the same in a later layer', [[symlink('a', '/etc')], [{ path: 'a/passwd' }]], /through a symlink to \/etc/],
  ['a symlink that climbs as a folder', [[symlink('a', '../../etc'), { path: 'a/passwd' }]], /a symlink that climbs out/],
  ['symlinks that climb one after the other', [[symlink('b/a', '..'), symlink('c', 'b/a/..'), { path: 'c/x' }]], /climbs out/],
  ['a hardlink to such a symlink as a folder', [[symlink('a', '/etc'), hardlink('b', 'a'), { path: 'b/passwd' }]], /to \/etc/],
  ['a whiteout behind such a symlink', [[symlink('a', '/etc')], [{ path: 'a/.wh.passwd' }]], /to \/etc/],
  ['symlinks in a circle as a folder', [[symlink('a', 'b'), symlink('b', 'a'), { path: 'a/x' }]], /circles/],
  ['a symlink to nowhere', [[symlink('a', '')]], /0 bytes/],
  ['a target of 4096 bytes', [[symlink('a', 't'.repeat(4096))]], /4096 bytes/],
  ['a NUL in a target', [[{ ...symlink('a', 'x'), pax: [['linkpath', 'a\0b']] }]], /NUL/],
]

const hardlinks: Case[] = [
  ['a hardlink to nothing', [[hardlink('a', 'b')]], /not there/],
  ['a hardlink to itself', [[hardlink('a', 'a')]], /not there/],
  ['a hardlink to what a whiteout took', [[{ path: 'b' }], [{ path: '.wh.b' }, hardlink('a', 'b')]], /not there/],
  ['a hardlink to a file of the host', [[hardlink('a', '/etc/passwd')]], /not there/],
  ['a hardlink that climbs', [[hardlink('a', '../../etc/passwd')]], /climbs/],
  ['a hardlink through a symlink out of the image', [[symlink('b', '/etc'), hardlink('a', 'b/passwd')]], /to \/etc/],
  ['a chain of hardlinks out of the image', [[hardlink('a', 'b'), hardlink('b', '../c')]], /not there/],
  ['a hardlink to a folder', [[{ path: 'd', type: 'directory' }, hardlink('a', 'd')]], /leads to a folder/],
]

const numbers: Case[] = [
  ['a negative size', [odd(124, Array(12).fill(0xff))], /negative size/],
  ['a negative size in a pax header', [[record('size', '-5')]], /bad size/],
  ['a size beyond what numbers hold', [odd(124, [0x80, ...Array(11).fill(0xff)])], /too large/],
  ['a size beyond what numbers hold in a pax header', [[record('size', '9'.repeat(30))]], /bad size/],
  ['a file larger than any ext4', [[record('size', String(2 ** 43))]], /more than the 2048 GiB/],
  ['a size that is no number', [odd(124, '12x45678901\0')], /a number that is none/],
  ['an owner beyond 32 bits', [[record('uid', String(2 ** 32))]], /owner/],
  ['a negative owner', [odd(108, Array(8).fill(0xff))], /owner/],
  ['a device with a major number of 4096', [[device(4096, 0)]], /numbers 4096, 0/],
  ['a device with a negative minor number', [[{ ...device(1, 1), pax: [['SCHILY.devminor', '-1']] }]], /device number/],
  ['a time that is none', [[record('mtime', 'soon')]], /time/],
  ['pieces of a sparse file that overlap', [[{ path: 'a', pax: sparse('0,1024,512,512') }]], /overlap/],
  ['pieces of a sparse file outside of it', [[{ path: 'a', pax: sparse('4096,512') }]], /outside/],
]

const headers: Case[] = [
  ['no tar', [Buffer.alloc(3000, 'x')], /no tar/],
  ['a tar that ends in the middle of a member', [cut([{ path: 'long', content: Buffer.alloc(9000) }], 4096)], /middle of long/],
  ['a tar that ends in the middle of a header', [cut([{ path: 'a' }], 300)], /middle of a header/],
  ['a tar that ends after an extended header', [cut([record('uid', '1')], 1024)], /between/],
  ['a tar that ends in an extended header', [cut([record('path', 'x'.repeat(2000))], 1536)], /middle of an extended/],
  ['a pax header that is damaged', [damagedPax], /damaged/],
  ['a huge pax header', [[record('comment', 'x'.repeat(1 << 20))]], /extended header that is too large/],
  ['pax headers without end', [endless(pax('comment', 'x'.repeat(480)))], /extended header that is too large/],
  ['global headers without end', [endless(pax('comment', 'x'.repeat(480), 'g'))], /global extended header/],
  ['a member of a kind that no one knows', [header({ path: 'x' }, 0, 'M')], /unknown type/],
  ['too many attributes', [[{ path: 'a', xattrs: { 'user.a': Buffer.alloc(5000) } }]], /more than 4 KiB/],
  ['an access control list that is none', [[{ path: 'a', xattrs: { 'system.posix_acl_access': 'rwx' } }]], /access control list/],
  ['no members', [Buffer.alloc(1024)], /no files/],
]

describe.each([
  ['paths', paths],
  ['symlinks', symlinks],
  ['hardlinks', hardlinks],
  ['numbers', numbers],
  ['tars', headers],
])('a layer with hostile %s is refused, and nothing stays:', (_title, cases) => {
  test.each<Case>(cases)('%s', async (_name, layers, reason) => {
    await refused(sampleImage(layers, { config: { architecture } }), 'image.invalid', reason)
  })
})

describe('an image whose bytes are not what it says is refused, and nothing stays:', () => {
  const layer = makeTar([{ path: 'a', content: 'content' }])
  const good = sampleImage([layer], { config: { architecture } })
  const packed = good.blobs.get(good.layers[0] ?? '') ?? Buffer.alloc(0)
  /** The image with other bytes in place of its layer. */
  const swapped = (bytes: Buffer) => ({ ...good, blobs: new Map([...good.blobs, [good.layers[0] ?? '', bytes]]) })
  const bomb = makeTar([{ path: 'bomb', content: Buffer.alloc(30 << 20) }])
  const packedAs = (bytes: Buffer, diffId = sha256(layer)) =>
    sampleImage([bytes], { config: { architecture }, packing: 'none', diffIds: [diffId] })

  test.each([
    ['a layer with another digest', swapped(gzipSync(layer, { level: 1 })), 'blob.corrupt', /has \d+ bytes where|digest differs/],
    ['a layer with a byte changed', swapped(flipped(packed)), 'blob.corrupt', /digest differs|cannot be inflated/],
    ['a layer that is cut off', swapped(packed.subarray(0, -20)), 'blob.corrupt', /has \d+ bytes where the manifest says \d+/],
    ['a layer that is missing', { ...good, blobs: new Map([...good.blobs].slice(1)) }, 'blob.corrupt', /is missing/],
    ['a layer whose gzip data ends early', packedAs(packed.subarray(0, -20)), 'blob.corrupt', /damaged or cut off/],
    ['another diff id', packedAs(packed, sha256(Buffer.alloc(1))), 'blob.corrupt', /unpacks to other bytes/],
    ['a layer that inflates beyond the limit', packedAs(gzipSync(bomb), sha256(bomb)), 'image.refused', /max_unpacked_gib/],
  ] as const)('%s', async (_name, image, code, reason) => refused(image, code, reason))
})

test('a refusal says on a terminal what is wrong and what to do, and the command fails', async () => {
  const layout = join(folder, 'layout')
  writeLayout(layout, sampleImage([[{ path: '/etc/passwd' }]], { config: { architecture } }))
  const { status, stderr } = await banger.run(['image', 'pull', `oci-layout:${layout}:x`, '--name', 'evil'])
  expect(status).toBe(1)
  expect(stderr).toMatch(/cannot be used: it has the path \/etc\/passwd, which is absolute/)
  expect(stderr).toMatch(/docs\/oci-import\.md/)
})

test('absolute paths count from the root of the image once they are allowed', async () => {
  const layout = join(folder, 'absolute')
  const members = [{ path: '/etc/motd', content: 'hello' }, symlink('/var/run', '/run'), { path: '/var/run/x', content: 'x' }]
  writeLayout(layout, sampleImage([members], { config: { architecture } }))
  await banger.ok(['daemon', 'stop'])
  writeFileSync(config, '[plugins.image-oci]\nabsolute_paths = true\n')
  const image = await pull(banger, `oci-layout:${layout}:x`, 'absolute')
  expect(e2fsck(image)).toBe('')
  expect([...listImage(image).keys()].sort()).toEqual(['/', '/etc', '/etc/motd', '/run', '/run/x', '/var', '/var/run'])
})

async function refused(image: Parameters<typeof writeLayout>[1], code: string, reason: RegExp): Promise<void> {
  const layout = mkdtempSync(join(folder, 'layout-'))
  writeLayout(layout, image)
  const error: unknown = await client.addImage({ ref: `oci-layout:${layout}:x`, name: 'evil' }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code, message: expect.stringMatching(reason), hint: expect.stringMatching(/^[A-Z].*\w.*$/) })
  expect(await client.images()).toEqual([])
  expect(filesBelow(banger.home).filter((path) => /\.ext4|\/images\/|\/partial\//.test(path))).toEqual([])
  rmSync(layout, { recursive: true })
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true }).map(({ parentPath, name }) => join(parentPath, name))
}

function sparse(map: string): [string, string][] {
  return [
    ['GNU.sparse.size', '4096'],
    ['GNU.sparse.map', map],
  ]
}

function pax(key: string, value: string, flag = 'x'): Buffer {
  const rest = ` ${key}=${value}\n`
  const length = rest.length + String(rest.length + 3).length
  const body = Buffer.from(`${length}${rest}`)
  return Buffer.concat([header({ path: 'pax' }, body.length, flag), padded(body)])
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[copy.length - 10] = (copy[copy.length - 10] ?? 0) ^ 1
  return copy
}
