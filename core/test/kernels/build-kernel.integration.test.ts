import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureInitrd } from '../../src/boot/initrd.ts'
import { buildKernel } from '../../src/kernels/build-kernel.ts'
import type { Kernel } from '../../src/protocol/model.ts'
import { hostIn } from '../fakes.ts'
import { sampleBzImage, sampleRelease, sampleVmlinux } from './sample-kernel.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banger-kernel-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const config = 'CONFIG_OVERLAY_FS=m\nCONFIG_EXT4_FS=y\nCONFIG_VIRTIO_PCI=m\n'
const moduleContent = (name: string): Buffer => Buffer.from(`module ${name} `.repeat(1000))

/** A `/lib/modules` as a distribution's package holds it after depmod. */
async function sampleModules(): Promise<string> {
  const release = join(folder, 'lib', sampleRelease)
  const modules = {
    'fs/overlay.ko': '',
    'virtio/virtio.ko': '',
    'virtio/virtio_blk.ko.xz': 'kernel/virtio/virtio.ko',
    'net/dummy.ko.gz': '',
  }
  const dep: string[] = []
  for (const [path, needs] of Object.entries(modules)) {
    await mkdir(join(release, 'kernel', path, '..'), { recursive: true })
    const content = moduleContent(path)
    const packed = path.endsWith('.xz')
      ? execFileSync('xz', ['-c'], { input: content })
      : path.endsWith('.gz')
        ? gzipSync(content)
        : content
    await writeFile(join(release, 'kernel', path), packed)
    dep.push(`kernel/${path}: ${needs}`)
  }
  await writeFile(join(release, 'modules.dep'), `${dep.join('\n')}\n`)
  await writeFile(join(release, 'modules.builtin'), 'kernel/fs/ext4/ext4.ko\n')
  await symlink('/usr/src/linux', join(release, 'build'))
  return join(folder, 'lib')
}

async function build(given: { modules?: string; initrd?: string } = {}): Promise<Kernel> {
  const kernel = join(folder, 'vmlinuz')
  await writeFile(kernel, sampleBzImage(gzipSync(sampleVmlinux()), undefined))
  await writeFile(join(folder, 'config'), config)
  const [stage, final] = [join(folder, 'stage'), join(folder, 'final')]
  const options = { name: 'sample', origin: 'file', stage, final, host: hostIn(folder), progress: () => undefined }
  const built = await buildKernel({ kernel, config: join(folder, 'config'), ...given }, options)
  await rename(stage, final)
  return built
}

describe('buildKernel', () => {
  test('makes an entry of a vmlinuz, its modules and its configuration', async () => {
    const kernel = await build({ modules: await sampleModules() })
    expect(kernel).toMatchObject({
      name: 'sample',
      release: sampleRelease,
      arch: 'x64',
      features: { overlayfs: true, ext4: true, vsock: false },
    })
    expect(await readFile(kernel.files.vmlinux)).toEqual(sampleVmlinux())
    expect(kernel.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(kernel.size).toBeGreaterThan(10_000)
    const kept = await readdir(join(kernel.files.modules ?? '', sampleRelease, 'kernel'), { recursive: true })
    expect(kept.sort()).toEqual(['fs', 'fs/overlay.ko', 'virtio', 'virtio/virtio.ko', 'virtio/virtio_blk.ko.xz'])
  })

  test('writes all modules to a sound ext4 image that belongs to root, the same each time', async () => {
    const modules = await sampleModules()
    const first = await build({ modules })
    const image = first.files.modulesImage ?? ''
    execFileSync('e2fsck', ['-fn', image], { stdio: 'pipe' })
    const listing = execFileSync('debugfs', ['-R', 'ls -l /kernel/net', image], { stdio: 'pipe' }).toString()
    expect(listing).toMatch(/100644 \(1\) +0 +0 .* dummy\.ko\.gz/)
    expect(execFileSync('debugfs', ['-R', 'cat /kernel/fs/overlay.ko', image], { stdio: 'pipe' })).toEqual(
      moduleContent('fs/overlay.ko'),
    )
    expect(execFileSync('debugfs', ['-R', 'ls /', image], { stdio: 'pipe' }).toString()).not.toContain('build')
    expect((await stat(image)).size).toBeLessThan(3 << 20)
    const bytes = await readFile(image)
    await rm(join(folder, 'final'), { recursive: true })
    const second = await build({ modules })
    expect(bytes.equals(await readFile(second.files.modulesImage ?? ''))).toBe(true)
  })

  test('takes the release folder itself for modules, and refuses those of another kernel', async () => {
    const modules = await sampleModules()
    expect((await build({ modules: join(modules, sampleRelease) })).files.modulesImage).toBeDefined()
    await rm(join(folder, 'final'), { recursive: true })
    await rename(join(modules, sampleRelease), join(modules, '5.10.0-1'))
    const failure = { code: 'kernel.invalid', message: expect.stringContaining('but holds 5.10.0-1') }
    await expect(build({ modules })).rejects.toMatchObject(failure)
  })

  test('refuses a kernel without what a root filesystem needs, unless an initrd comes with it', async () => {
    const modules = await sampleModules()
    await rm(join(modules, sampleRelease, 'kernel/virtio'), { recursive: true })
    await writeFile(join(modules, sampleRelease, 'modules.dep'), 'kernel/fs/overlay.ko:\n')
    await expect(build({ modules })).rejects.toMatchObject({
      code: 'kernel.invalid',
      message: expect.stringContaining('it has no virtio_blk'),
    })
    await writeFile(join(folder, 'initrd'), 'their initrd')
    const kernel = await build({ modules, initrd: join(folder, 'initrd') })
    expect(await readFile(kernel.files.initrd ?? '', 'utf8')).toBe('their initrd')
  })
})

describe('ensureInitrd', () => {
  test('builds the initrd once for an agent and a kernel, with the modules unpacked and in order', async () => {
    const kernel = await build({ modules: await sampleModules() })
    const options = { agent: join(folder, 'agent'), kernel, dir: join(folder, 'initrds'), host: hostIn(folder) }
    await writeFile(options.agent, 'the agent')
    const paths = await Promise.all([ensureInitrd(options), ensureInitrd(options)])
    expect(paths[0]).toBe(paths[1])
    const path = paths[0] ?? ''
    const read = (name: string): Buffer => execFileSync('cpio', ['--extract', '--to-stdout', '--quiet', name], { input: archive })
    const archive = await readFile(path)
    expect(read('init').toString()).toBe('the agent')
    expect(read('modules/order').toString()).toBe('000-virtio.ko\n001-virtio_blk.ko\n002-overlay.ko\n')
    expect(read('modules/001-virtio_blk.ko')).toEqual(moduleContent('virtio/virtio_blk.ko.xz'))

    const { mtimeMs } = await stat(path)
    expect(await ensureInitrd(options)).toBe(path)
    expect((await stat(path)).mtimeMs).toBe(mtimeMs)
    await writeFile(options.agent, 'a new agent')
    expect(await ensureInitrd(options)).not.toBe(path)
    expect((await readdir(options.dir)).filter((name) => !name.endsWith('.cpio'))).toEqual([])
  })

  test('removes initrds that have not been built anew for a month', async () => {
    const kernel = await build({ modules: await sampleModules() })
    const options = { agent: join(folder, 'agent'), kernel, dir: join(folder, 'initrds'), host: hostIn(folder) }
    await mkdir(options.dir)
    await writeFile(join(options.dir, 'old.cpio'), '')
    await utimes(join(options.dir, 'old.cpio'), new Date(0), new Date(0))
    await writeFile(options.agent, 'the agent')
    await ensureInitrd(options)
    expect(await readdir(options.dir)).not.toContain('old.cpio')
  })

  test('needs no modules where everything is built in', async () => {
    const kernel = await build()
    const options = { agent: join(folder, 'agent'), dir: join(folder, 'initrds'), host: hostIn(folder) }
    await writeFile(options.agent, 'the agent')
    const features = { ...kernel.features, overlayfs: true }
    expect(await ensureInitrd({ ...options, kernel: { ...kernel, features } })).toMatch(/\.cpio$/)
    await expect(ensureInitrd({ ...options, kernel: { ...kernel, digest: 'sha256:0' } })).rejects.toMatchObject({
      code: 'kernel.invalid',
    })
  })
})
