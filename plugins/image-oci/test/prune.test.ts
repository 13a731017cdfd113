import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { addImage } from '../../../core/src/lifecycle/add-image.ts'
import { deleteImage } from '../../../core/src/lifecycle/delete-artifacts.ts'
import { pruneImages } from '../../../core/src/lifecycle/prune-images.ts'
import { fakeEngine } from '../../../core/test/lifecycle/fake-engine.ts'
import { registrySource } from '../src/sources/registry-source.ts'
import { fakeRegistry, serve } from './fake-registry.ts'
import { sampleImage } from './sample-image.ts'

const live = () => ({ signal: new AbortController().signal, progress: () => undefined })
const content = (path: string) => [{ path, content: randomBytes(20_000) }]

it('may run at any time of any pull, and leaves what images are made of', async () => {
  const engine = await fakeEngine()
  onTestFinished(() => engine.close())
  engine.imageSources.add('test', registrySource({ ...engine.host, arch: 'x64' }))
  const base = content('base')
  const images = ['a', 'b', 'c', 'd'].map((name) => sampleImage([base, ...[1, 2, 3, 4].map((at) => content(`${name}${at}`))]))
  let prunes = 0
  const registries = await Promise.all(
    images.map((image) =>
      fakeRegistry(image, (request, response) => {
        // a prune before each layer comes
        if (!image.layers.some((digest) => request.url?.endsWith(digest))) return false
        void pruneImages(engine, {}, live()).then(() => {
          prunes++
          serve(image, request, response)
        })
        return true
      }),
    ),
  )
  const pulled = await Promise.all(
    registries.map(({ host }, at) => addImage(engine, { ref: `${host}/x`, name: `image-${at}` }, live())),
  )
  expect(prunes).toBeGreaterThan(images.length)
  for (const { cached } of pulled) expect(cached?.filter((path) => !existsSync(path))).toEqual([])

  const files = () => registrySource(engine.host).cachedFiles?.()
  const used = [...new Set(pulled.flatMap(({ cached = [] }) => cached))]
  expect((await files())?.toSorted()).toEqual(used.toSorted())
  // the base's layer stays as long as one of them does
  for (const name of ['image-1', 'image-2', 'image-3']) await deleteImage(engine, name, live())
  await pruneImages(engine, {}, live())
  expect((await files())?.toSorted()).toEqual(pulled[0]?.cached?.toSorted())
  await deleteImage(engine, 'image-0', live())
  await pruneImages(engine, {}, live())
  expect(await files()).toEqual([])
})
