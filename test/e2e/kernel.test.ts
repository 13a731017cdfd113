import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import type { AvailableKernelEntry } from '../../core/src/protocol/api.ts'
import type { Kernel } from '../../core/src/protocol/model.ts'
import { Banger } from './banger.ts'
import { Scratch } from './scratch.ts'

const suite = () => new Banger(inject('home'))

/** A catalog on disk that has the suite's kernel under the name `catalogued`, and a configuration that names it. */
async function writeCatalog(home: string): Promise<Kernel> {
  const [kernel] = await suite().kernels()
  if (!kernel?.files.modules) throw new Error('the suite has no kernel')
  const folder = join(home, 'catalog')
  mkdirSync(folder)
  const tarball = join(folder, 'kernel.tar')
  const { vmlinux, modules } = kernel.files
  const entries = ['-C', dirname(vmlinux), basename(vmlinux), '-C', dirname(modules), basename(modules)]
  execFileSync('tar', ['-cf', tarball, ...entries])
  const content = readFileSync(tarball)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const entry = {
    name: 'catalogued',
    version: kernel.release,
    arch: kernel.arch,
    url: basename(tarball),
    sha256,
    size: content.length,
  }
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ format: 1, kernels: [entry] }))
  mkdirSync(join(home, '.config/banger'), { recursive: true })
  writeFileSync(join(home, '.config/banger/config.toml'), '[plugins.kernel-catalog]\ncatalogs = ["~/catalog/index.json"]\n')
  return kernel
}

describe('kernels', () => {
  it('come out of a catalog, and boot', async () => {
    await using scratch = new Scratch()
    const original = await writeCatalog(scratch.home)
    const available = await scratch.json<AvailableKernelEntry[]>(['kernel', 'list', '--available'])
    expect(available.find(({ name }) => name === 'catalogued')).toMatchObject({
      source: 'catalog',
      pulled: false,
      version: original.release,
    })

    const pulled = await scratch.json<Kernel>(['kernel', 'pull', 'catalogued'])
    expect(pulled).toMatchObject({ name: 'catalogued', digest: original.digest, release: original.release })
    expect(await scratch.ok(['kernel', 'show', 'catalogued'])).toContain(original.digest)
    expect(await scratch.ok(['kernel', 'list'])).toMatch(/^NAME .*\ncatalogued /)

    const [image] = await suite().images()
    await scratch.ok(['image', 'register', '--name', 'base', '--rootfs', image?.files.rootfs ?? '', '--kernel-ref', 'catalogued'])
    expect(await scratch.ok(['vm', 'run', '--', 'uname', '-r'])).toBe(`${original.release}\n`)

    expect((await scratch.run(['kernel', 'delete', 'catalogued'])).stderr).toContain('is used by: ')
    await scratch.ok(['image', 'delete', 'base'])
    const deletion = await scratch.run(['kernel', 'delete', 'nope', 'catalogued'])
    expect(deletion.status).not.toBe(0)
    expect(deletion.stderr).toContain('There is no kernel named "nope"')
    expect(deletion.stdout).toBe('catalogued is deleted\n')
    expect(readdirSync(join(scratch.state, 'kernels'))).toEqual([])
  })

  it('are refused when a catalog serves something else, and nothing is left', async () => {
    await using scratch = new Scratch()
    await writeCatalog(scratch.home)
    const index = join(scratch.home, 'catalog/index.json')
    writeFileSync(index, readFileSync(index, 'utf8').replace(/"sha256":"../, '"sha256":"00'))
    const { stderr } = await scratch.run(['kernel', 'pull', 'catalogued'])
    expect(stderr).toMatch(/could not be fetched from file:.*its sha256 is/)
    expect(await scratch.kernels()).toEqual([])
    expect(readdirSync(join(scratch.state, 'kernels'))).toEqual([])
  })
})
