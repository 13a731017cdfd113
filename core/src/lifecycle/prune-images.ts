import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { unusedInitrds } from '../boot/unused-initrds.ts'
import { isError } from '../errors.ts'
import type { PrunedFiles, PrunedImages, PruneImages } from '../protocol/api.ts'
import type { Image, ImageEntry } from '../protocol/model.ts'
import { deleteImage } from './delete-artifacts.ts'
import type { Engine } from './engine.ts'
import { imageEntries, sizeOnDisk } from './image-entry.ts'
import type { Live } from './sequence.ts'

/**
 * Frees what nothing uses: cached files that belong to no image and to no pull under way, initrds of kernels and agents that are gone, and
 * with `all` the images that no VM uses.
 * @throws vm.busy when a pull does not get beyond looking its image up
 */
export async function pruneImages(engine: Engine, request: PruneImages, live: Live): Promise<PrunedImages> {
  const { all = false, dryRun = false } = request
  const unused = await imageEntries(unusedImages(engine), engine.store.images.all())
  const images = all ? (dryRun ? unused : await deleteAll(engine, unused, live)) : []
  const cache = await pruneCache(engine, images, dryRun)
  const { agentBinary: agent, paths, store } = engine
  const initrds = await remove(await unusedInitrds({ agent, dir: paths.initrds, kernels: () => store.kernels.all() }), dryRun)
  const freed = images.reduce((sum, { size }) => sum + size, 0) + cache.size + initrds.size
  return { dryRun, images, unused: all ? [] : unused, cache, initrds, freed }
}

/** Those of banger's own that no VM is made of. The default image of the configuration is in use by it. */
function unusedImages(engine: Engine): Image[] {
  const used = new Set([engine.config.default_image_name, ...engine.store.vms.all().map(({ image }) => image)])
  return engine.store.images.all().filter(({ name, managed }) => managed && !used.has(name))
}

async function deleteAll(engine: Engine, images: ImageEntry[], live: Live): Promise<ImageEntry[]> {
  const deleted: ImageEntry[] = []
  for (const image of images) {
    try {
      await deleteImage(engine, image.name, live)
      deleted.push(image)
    } catch (error) {
      // a VM was made of it in the meantime, or someone else deleted it
      if (!isError(error, 'image.in-use') && !isError(error, 'image.not-found')) throw error
    }
  }
  return deleted
}

/** @param gone images that are deleted, or would be */
function pruneCache(engine: Engine, gone: Image[], dryRun: boolean): Promise<PrunedFiles> {
  return engine.cacheGate.prune(async (needed) => {
    const names = new Set(gone.map(({ name }) => name))
    const staying = engine.store.images.all().filter(({ name }) => !names.has(name))
    const used = new Set([...needed, ...staying.flatMap(({ cached = [] }) => cached)])
    const lists = await Promise.all(engine.imageSources.values().map((source) => source.cachedFiles?.() ?? []))
    // whatever a source says, nothing outside of the cache is removed
    const ours = lists.flat().filter((path) => resolve(path).startsWith(`${engine.paths.cache}/`))
    return remove(
      ours.filter((path) => !used.has(path)),
      dryRun,
    )
  })
}

async function remove(paths: string[], dryRun: boolean): Promise<PrunedFiles> {
  const pruned = { files: 0, size: 0 }
  for (const path of paths) {
    const size = await sizeOnDisk(path)
    if (!dryRun) await rm(path, { force: true })
    pruned.files++
    pruned.size += size
  }
  return pruned
}
