import { copyFile, constants, mkdir, rename, rm } from 'node:fs/promises'
import { fail } from '../errors.ts'
import type { AddImage } from '../protocol/api.ts'
import type { Image } from '../protocol/model.ts'
import { buildRootfs } from '../rootfs/build-rootfs.ts'
import { inspectRootfs } from '../rootfs/inspect-rootfs.ts'
import { importKernel } from './add-kernel.ts'
import { deleteKernel } from './delete-artifacts.ts'
import { announce, type Engine } from './engine.ts'
import { findImage, findKernel } from './find.ts'
import { sizeOnDisk } from './image-entry.ts'
import { checkName } from './names.ts'
import { type FoundImage, resolveImage } from './resolve-image.ts'
import { type Live, perform, type Verb } from './sequence.ts'

interface ImageData {
  name: string
}

/**
 * Adds an image: from a source (`debian:bookworm`) its layers become a rootfs; an ext4 file is used where it lies.
 * @throws image.no-source, image.option, image.exists, image.invalid, kernel.not-found, …
 */
export async function addImage(engine: Engine, request: AddImage, live: Live): Promise<Image> {
  if (request.name) checkName(request.name, 'image')
  if (request.name && engine.store.images.get(request.name)) throw fail('image.exists', { name: request.name })
  if (request.kernelRef) findKernel(engine, request.kernelRef)
  const { platform, insecure, offline } = request
  const find = () => resolveImage(engine.imageSources, request.ref, { platform, insecure, offline }, live)
  return engine.cacheGate.pull(find, (found) => addFound(engine, request, found, live))
}

async function addFound(engine: Engine, request: AddImage, found: FoundImage, live: Live): Promise<Image> {
  const name = request.name ?? found.name
  checkName(name, 'image')
  return engine.locks.hold(`image:${name}`, name, 'adding the image', async () => {
    if (engine.store.images.get(name)) throw fail('image.exists', { name })
    const kernel = request.kernel ? (await importKernel(engine, { ...request.kernel, name }, live)).name : request.kernelRef
    const verb = addImageVerb(engine, { request, found, kernel })
    try {
      await perform(verb, name, { name }, live, { journal: engine.store.journal, log: engine.host.log })
    } catch (error) {
      if (request.kernel) await deleteKernel(engine, name, live)
      throw error
    }
    announce(engine, { type: 'image.added', image: name })
    return findImage(engine, name)
  })
}

/** @param input what the steps work on; unknown, and not needed, when a crash is undone */
export function addImageVerb(
  engine: Engine,
  input?: { request: AddImage; found: FoundImage; kernel: string | undefined },
): Verb<ImageData> {
  let image: Image | undefined
  return {
    name: 'image.add',
    onCrash: 'undo',
    steps: [
      {
        name: 'stage',
        run: async ({ name }, live) => {
          if (input) image = await stageImage(engine, name, input, live)
        },
        undo: ({ name }) => rm(engine.paths.image(name).stage, { recursive: true, force: true }),
      },
      {
        name: 'rename',
        run: ({ name }) => rename(engine.paths.image(name).stage, engine.paths.image(name).dir),
        undo: ({ name }) => rm(engine.paths.image(name).dir, { recursive: true, force: true }),
      },
      {
        name: 'row',
        run: () => {
          if (image) engine.store.images.put(image)
        },
        undo: ({ name }) => engine.store.images.delete(name),
      },
    ],
  }
}

async function stageImage(
  engine: Engine,
  name: string,
  { request, found, kernel }: { request: AddImage; found: FoundImage; kernel: string | undefined },
  live: Live,
): Promise<Image> {
  const { dir, stage } = engine.paths.image(name)
  await rm(stage, { recursive: true, force: true })
  await mkdir(stage, { recursive: true, mode: 0o700 })
  if (request.workSeed) await copyFile(request.workSeed, `${stage}/work-seed.ext4`, constants.COPYFILE_FICLONE)
  const rootfs = found.rootfs ?? `${dir}/rootfs.ext4`
  const built = found.rootfs
    ? await inspectRootfs(found.rootfs)
    : await buildRootfs(found.layers(live), `${stage}/rootfs.ext4`, {
        ...live,
        source: found.ref,
        ...(found.size ? { size: found.size } : {}),
        ...(found.absolutePaths ? { absolutePaths: true } : {}),
      })
  live.progress({ id: 'rootfs', message: `Image ${name} is ready`, state: 'done' })
  return {
    name,
    source: found.ref,
    digest: found.digest,
    ...(found.platform ? { platform: found.platform } : {}),
    managed: !found.rootfs,
    files: { rootfs, ...(request.workSeed ? { workSeed: `${dir}/work-seed.ext4` } : {}) },
    ...(kernel ? { kernel } : {}),
    config: found.config,
    ...(built.os ? { os: built.os } : {}),
    init: built.init,
    ...(found.cached ? { cached: found.cached } : {}),
    size: (await sizeOnDisk(found.rootfs ?? `${stage}/rootfs.ext4`)) + (await sizeOnDisk(`${stage}/work-seed.ext4`)),
    createdAt: Date.now(),
  }
}
