import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureInitrd } from '../../src/boot/initrd.ts'
import { addImage } from '../../src/lifecycle/add-image.ts'
import { createVm } from '../../src/lifecycle/create-vm.ts'
import { deleteImage } from '../../src/lifecycle/delete-artifacts.ts'
import { pruneImages } from '../../src/lifecycle/prune-images.ts'
import { makeTar } from '../rootfs/make-tar.ts'
import { aKernel, anImage } from '../samples.ts'
import { type FakeEngine, fakeEngine } from './fake-engine.ts'
import { Readable } from 'node:stream'

const live = () => ({ signal: new AbortController().signal, progress: () => undefined })

let engine: FakeEngine
beforeEach(async () => {
  engine = await fakeEngine()
  // it lies elsewhere
  engine.store.images.put(anImage({ ...engine.store.images.get('debian'), managed: false }))
})
afterEach(() => engine.close())

/** A file of 4 KiB in the cache. */
function cached(name: string): string {
  const path = join(engine.paths.cache, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, Buffer.alloc(4096, 'x'))
  return path
}

/** A source that keeps these files, and whose images use what their reference names: `x:a,b`. */
function addSource(files: string[], layer?: () => Promise<void>): void {
  engine.imageSources.add('test', {
    scheme: 'x',
    summary: 'x:<files>',
    cachedFiles: async () => files.filter((path) => existsSync(path)),
    resolve: async (ref) => ({
      digest: `x:${ref}`,
      name: ref.replaceAll(',', '-'),
      config: {},
      cached: ref.split(',').map((name) => join(engine.paths.cache, name)),
      async *layers() {
        await layer?.()
        yield Readable.from([makeTar([{ path: 'a' }])], { objectMode: false })
      },
    }),
  })
}

/** A row of an image of banger's own, with its files. */
function ownImage(name: string): void {
  const { dir, rootfs } = engine.paths.image(name)
  mkdirSync(dir, { recursive: true })
  writeFileSync(rootfs, Buffer.alloc(8192, 'x'))
  engine.store.images.put(anImage({ name, files: { rootfs } }))
}

const images = () => engine.store.images.all().map(({ name }) => name)

describe('image prune', () => {
  it('frees the cached files that no image uses, and tells how much', async () => {
    addSource(['a', 'b', 'c'].map(cached))
    await addImage(engine, { ref: 'x:a,b' }, live())
    expect(await pruneImages(engine, {}, live())).toMatchObject({ cache: { files: 1, size: 4096 }, freed: 4096 })
    expect(readdirSync(engine.paths.cache)).toEqual(['a', 'b'])
    await deleteImage(engine, 'a-b', live())
    expect(await pruneImages(engine, {}, live())).toMatchObject({ cache: { files: 2 }, freed: 8192 })
    expect(await pruneImages(engine, {}, live())).toMatchObject({ cache: { files: 0 }, freed: 0 })
  })

  it('says the same beforehand, and does nothing then', async () => {
    addSource(['a', 'b'].map(cached))
    await addImage(engine, { ref: 'x:b' }, live())
    const wanted = await pruneImages(engine, { all: true, dryRun: true }, live())
    expect(wanted).toMatchObject({ dryRun: true, images: [{ name: 'b' }], cache: { files: 2, size: 8192 } })
    expect([images().includes('b'), readdirSync(engine.paths.cache)]).toEqual([true, ['a', 'b']])
    expect(await pruneImages(engine, { all: true }, live())).toEqual({ ...wanted, dryRun: false })
  })

  it('leaves what a pull under way needs', async () => {
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    addSource(['a', 'b'].map(cached), () => {
      begun.resolve()
      return goOn.promise
    })
    const pull = addImage(engine, { ref: 'x:a' }, live())
    await begun.promise
    expect(await pruneImages(engine, { all: true }, live())).toMatchObject({ cache: { files: 1 } })
    expect(readdirSync(engine.paths.cache)).toEqual(['a'])
    goOn.resolve()
    await pull
    await pruneImages(engine, {}, live())
    expect(readdirSync(engine.paths.cache)).toEqual(['a'])
  })

  it('deletes images that no VM uses when asked to, but none that lies elsewhere or is the default', async () => {
    for (const name of ['used', 'unused', 'chosen']) ownImage(name)
    engine.config.default_image_name = 'chosen'
    await createVm(engine, { name: 'box', image: 'used', start: false }, live())
    expect(await pruneImages(engine, {}, live())).toMatchObject({ images: [], unused: [{ name: 'unused' }] })
    expect(images()).toContain('unused')
    expect(await pruneImages(engine, { all: true }, live())).toMatchObject({
      images: [{ name: 'unused', size: 8192 }],
      unused: [],
      freed: 8192,
    })
    expect(images()).toEqual(['chosen', 'debian', 'used'])
    expect(readdirSync(engine.paths.images)).toEqual(['chosen', 'used'])
  })

  it('frees initrds of kernels and agents that are gone', async () => {
    const { agentBinary: agent, host, paths, store } = engine
    const kernel = aKernel({ name: 'new', digest: 'sha256:3' })
    const options = { agent, dir: paths.initrds, host }
    const current = await ensureInitrd({ ...options, kernel })
    await ensureInitrd({ ...options, kernel: aKernel({ digest: 'sha256:4' }) })
    store.kernels.put(kernel)
    expect(await pruneImages(engine, {}, live())).toMatchObject({ initrds: { files: 1 } })
    expect(readdirSync(paths.initrds)).toEqual([current.slice(paths.initrds.length + 1)])
  })

  it('removes nothing outside of the cache, whatever a source says', async () => {
    const path = join(engine.paths.state, 'precious')
    writeFileSync(path, '')
    addSource([path, join(engine.paths.cache, '../../', path)])
    expect(await pruneImages(engine, {}, live())).toMatchObject({ cache: { files: 0 } })
    expect(existsSync(path)).toBe(true)
  })
})
