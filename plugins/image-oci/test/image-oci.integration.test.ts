import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync, rmSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createHooks, type ImageSource, type PullOptions, Registry } from '@banger/core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type FoundImage, resolveImage } from '../../../core/src/lifecycle/resolve-image.ts'
import { type BuiltRootfs, buildRootfs } from '../../../core/src/rootfs/build-rootfs.ts'
import { e2fsck } from '../../../core/test/rootfs/debugfs.ts'
import { listImage } from '../../../core/test/rootfs/list-image.ts'
import { makeTar, type Member } from '../../../core/test/rootfs/make-tar.ts'
import { defaultConfig } from '../src/config.ts'
import { extend } from '../src/extend.ts'
import { hostIn } from './bare-host.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { missingTools, type RealRegistry, startRegistry } from './real-registry.ts'

const missing = missingTools()
const root = temporaryFolder()
const layout = join(root, 'layout')
const user = { name: 'me', password: 'pass:word' }
const signal = new AbortController().signal
const live = { signal, progress: () => undefined }

const stack: Member[][] = [
  [
    { path: 'etc', type: 'directory' },
    { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Sample"\n' },
    { path: 'etc/gone', content: 'gone' },
    { path: 'bin', type: 'directory' },
    { path: 'bin/su', content: 'su', mode: 0o4755, xattrs: { 'user.note': 'kept' } },
    { path: 'opaque', type: 'directory' },
    { path: 'opaque/below', content: 'hidden' },
    { path: 'big', content: Buffer.alloc(3_000_000, 'big ') },
  ],
  [
    { path: 'etc', type: 'directory' },
    { path: 'etc/.wh.gone', content: '' },
    { path: 'bin/link', type: 'hardlink', target: 'bin/su' },
    { path: 'opaque', type: 'directory', uid: 100_000, gid: 70_000 },
    { path: 'opaque/.wh..wh..opq', content: '' },
    { path: 'opaque/above', content: 'seen' },
  ],
  [
    { path: 'lib', type: 'symlink', target: 'bin' },
    { path: 'null', type: 'character', device: [1, 3] },
    { path: 'pipe', type: 'fifo' },
  ],
]

let expected: BuiltRootfs
let built = 0

/** What the plugin's sources make of a reference, asked as core does. */
function resolve(ref: string, folder: string, options: PullOptions = {}): Promise<FoundImage> {
  const hooks = createHooks()
  extend().apply(hooks, { ...hostIn(folder), arch: process.arch }, defaultConfig)
  const registry = new Registry<ImageSource>('image source', (source) => source.scheme)
  hooks.imageSources.call(registry)
  return resolveImage(registry, ref, options, live)
}

async function build(
  ref: string,
  folder = mkdtempSync(join(root, 'home-')),
  options: PullOptions = {},
): Promise<{ rootfs: BuiltRootfs; file: string }> {
  const file = join(root, `${built++}.ext4`)
  const image = await resolve(ref, folder, options)
  return { rootfs: await buildRootfs(image.layers(live), file, live), file }
}

const skopeo = (...args: string[]) => execFileSync('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args], { stdio: 'pipe' })
const umoci = (...args: string[]) => execFileSync('umoci', args, { stdio: 'pipe' })

describe.skipIf(missing)(`images of other tools${missing ? ` (missing: ${missing})` : ''}`, () => {
  let open: RealRegistry
  let closed: RealRegistry

  beforeAll(async () => {
    umoci('init', '--layout', layout)
    umoci('new', '--image', `${layout}:sample`)
    for (const [at, members] of stack.entries()) {
      writeFileSync(join(root, `${at}.tar`), makeTar(members))
      umoci('raw', 'add-layer', '--image', `${layout}:sample`, join(root, `${at}.tar`))
    }
    umoci('config', '--image', `${layout}:sample`, '--config.env', 'PATH=/bin', '--config.user', 'nobody')
    const plain = stack.map((members) => Readable.from([makeTar(members)], { objectMode: false }))
    async function* layers() {
      yield* plain
    }
    expected = await buildRootfs(layers(), join(root, 'expected.ext4'), live)
    open = await startRegistry(join(root, 'open'))
    closed = await startRegistry(join(root, 'closed'), { user })
  })
  afterAll(() => Promise.all([open?.stop(), closed?.stop()]))
  afterEach(() => vi.unstubAllEnvs())

  const push = (destination: string, ...args: string[]) =>
    skopeo('--dest-tls-verify=false', ...args, `oci:${layout}:sample`, destination)

  it('come from a registry as they are: the same bytes as from their plain layers, clean for e2fsck', async () => {
    push(`docker://${open.host}/samples/one:tag`)
    const { rootfs, file } = await build(`${open.host}/samples/one:tag`)
    expect(rootfs).toEqual(expected)
    expect(e2fsck(file)).toBe('')
    const seen = listImage(file)
    expect([...seen.keys()].sort()).toEqual(
      [
        '/',
        '/big',
        '/bin',
        '/bin/link',
        '/bin/su',
        '/etc',
        '/etc/os-release',
        '/lib',
        '/null',
        '/opaque',
        '/opaque/above',
        '/pipe',
      ].sort(),
    )
    expect(seen.get('/opaque')).toMatchObject({ uid: 100_000, gid: 70_000 })
    expect(seen.get('/bin/link')?.inode).toBe(seen.get('/bin/su')?.inode)
  })

  it('are described by their config, and named for their reference', async () => {
    push(`docker://${open.host}/samples/two:1.0`)
    expect(await resolve(`${open.host}/samples/two:1.0`, join(root, 'home-two'))).toMatchObject({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      name: 'two-1.0',
      config: { env: expect.arrayContaining(['PATH=/bin']), user: 'nobody' },
    })
  })

  it.each([
    ['of Docker’s schema 2', ['--format', 'v2s2']],
    ['packed by zstd', ['--dest-compress-format', 'zstd', '--dest-compress']],
  ])('may be %s', async (_, args) => {
    push(`docker://${open.host}/samples/format:x`, ...args)
    expect((await build(`${open.host}/samples/format:x`)).rootfs).toEqual(expected)
  })

  it('need no network a second time, when asked for by digest or told that a tag may be old', async () => {
    const folder = mkdtempSync(join(root, 'home-'))
    const own = await startRegistry(join(root, 'own'))
    push(`docker://${own.host}/a:b`)
    const { digest } = await resolve(`${own.host}/a:b`, folder)
    await build(`${own.host}/a:b`, folder)
    await own.stop()
    expect((await build(`${own.host}/a@${digest}`, folder)).rootfs).toEqual(expected)
    await expect(build(`${own.host}/a:b`, folder)).rejects.toMatchObject({ hint: expect.stringContaining('--offline') })
    expect((await build(`${own.host}/a:b`, folder, { offline: true })).rootfs).toEqual(expected)
  })

  it('come from a registry that wants a password, for those who have it', async () => {
    push(`docker://${closed.host}/private:x`, '--dest-creds', `${user.name}:${user.password}`)
    const file = join(root, 'auth.json')
    execFileSync(
      'skopeo',
      ['login', '--tls-verify=false', '--authfile', file, '-u', user.name, '--password-stdin', closed.host],
      {
        input: user.password,
      },
    )
    vi.stubEnv('REGISTRY_AUTH_FILE', file)
    expect((await build(`${closed.host}/private:x`)).rootfs).toEqual(expected)
    await expect(build(`${closed.host}/private:none`)).rejects.toMatchObject({ code: 'registry.not-found' })
    const wrong = { auths: { [closed.host]: { auth: Buffer.from('me:wrong').toString('base64') } } }
    writeFileSync(file, JSON.stringify(wrong))
    await expect(build(`${closed.host}/private:x`)).rejects.toMatchObject({ code: 'registry.unauthorized' })
    rmSync(file)
    await expect(build(`${closed.host}/private:x`)).rejects.toMatchObject({ code: 'registry.unauthorized' })
  })

  it('come from a registry whose certificate nobody knows only when told to, or on loopback', async () => {
    const own = await startRegistry(join(root, 'tls'), { tls: true })
    push(`docker://${own.host}/a:b`)
    const ref = `${own.stranger}/a:b`
    await expect(build(ref)).rejects.toMatchObject({
      code: 'registry.untrusted',
      message: expect.stringMatching(/certificate is not trusted/),
      hint: expect.stringMatching(/--insecure.*NODE_EXTRA_CA_CERTS/),
    })
    expect((await build(ref, undefined, { insecure: true })).rootfs).toEqual(expected)
    expect((await build(`${own.host}/a:b`)).rootfs).toEqual(expected)
    await own.stop()
  })

  it('come from a registry in plain HTTP elsewhere than on loopback only when told to', async () => {
    push(`docker://${open.host}/samples/one:tag`)
    await expect(build(`${open.stranger}/samples/one:tag`)).rejects.toMatchObject({ code: 'registry.untrusted' })
    expect((await build(`${open.stranger}/samples/one:tag`, undefined, { insecure: true })).rootfs).toEqual(expected)
  })

  it('come from a layout, with and without a tag', async () => {
    expect((await build(`oci-layout:${layout}:sample`)).rootfs).toEqual(expected)
    expect((await build(`oci-layout:${layout}`)).rootfs).toEqual(expected)
    await expect(build(`oci-layout:${layout}:none`)).rejects.toMatchObject({
      message: expect.stringMatching(/no tag none.*sample/),
    })
    await expect(build(`oci-layout:${root}`)).rejects.toMatchObject({ code: 'image.refused' })
  })

  it('are refused when a blob of a layout was changed', async () => {
    const copy = join(root, 'changed')
    mkdirSync(copy)
    skopeo(`oci:${layout}:sample`, `oci:${copy}:sample`)
    const index = JSON.parse(readFileSync(join(copy, 'index.json'), 'utf8'))
    const blob = (digest: string) => join(copy, 'blobs/sha256', digest.slice(7))
    const manifest = JSON.parse(readFileSync(blob(index.manifests[0].digest), 'utf8'))
    const path = blob(manifest.layers[1].digest)
    const bytes = readFileSync(path)
    // a byte of gzip's header that inflating does not notice
    bytes[9] = (bytes[9] ?? 0) ^ 1
    writeFileSync(path, bytes)
    await expect(build(`oci-layout:${copy}`)).rejects.toMatchObject({ code: 'blob.corrupt' })
  })

  it("come from docker save's archives", async () => {
    const file = join(root, 'saved.tar')
    skopeo(`oci:${layout}:sample`, `docker-archive:${file}:example.org/saved:1`)
    expect((await build(`docker-archive:${file}`)).rootfs).toEqual(expected)
    expect((await build(`docker-archive:${file}:example.org/saved:1`)).rootfs).toEqual(expected)
    expect((await resolve(`docker-archive:${file}`, root)).name).toBe('saved-1')
    await expect(build(`docker-archive:${file}:other`)).rejects.toMatchObject({
      message: expect.stringMatching(/example.org\/saved:1/),
    })
    const cut = join(root, 'cut.tar')
    writeFileSync(cut, readFileSync(file).subarray(0, 5000))
    await expect(build(`docker-archive:${cut}`)).rejects.toMatchObject({ code: 'image.refused' })
    await expect(build(`docker-archive:${join(root, '0.tar')}`)).rejects.toMatchObject({
      message: expect.stringMatching(/manifest.json/),
    })
  })
})
