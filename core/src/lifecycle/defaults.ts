import { fail } from '../errors.ts'
import type { Image, Kernel } from '../protocol/model.ts'
import { addImage } from './add-image.ts'
import { availableKernels, pullKernel } from './add-kernel.ts'
import type { Engine } from './engine.ts'
import { findImage, findKernel } from './find.ts'
import type { Live } from './sequence.ts'

/** Milliseconds: several VMs created at once wait for one download. */
const fetchPatience = 30 * 60_000

/**
 * The image for a new VM: the one named, else `default_image_name`, else the one that was added first, so that adding
 * another changes nothing. Where nothing is registered yet, the default image of the sources is fetched.
 * @throws image.not-found, image.none
 */
export async function ensureImage(engine: Engine, name: string | undefined, live: Live): Promise<Image> {
  const wanted = name ?? engine.config.default_image_name
  if (wanted) return findImage(engine, wanted)
  return oldest(engine.store.images.all()) ?? fetchDefaultImage(engine, live)
}

/**
 * The kernel for a new VM: the one its image names, else the first that was added, else the default kernel of the sources, which is fetched.
 * @throws kernel.not-found, kernel.none
 */
export async function ensureKernel(engine: Engine, name: string | undefined, live: Live): Promise<Kernel> {
  if (name) return findKernel(engine, name)
  return oldest(engine.store.kernels.all()) ?? fetchDefaultKernel(engine, live)
}

async function fetchDefaultImage(engine: Engine, live: Live): Promise<Image> {
  return engine.locks.hold(
    'default image',
    'the default image',
    'fetching',
    async () => {
      const there = oldest(engine.store.images.all())
      if (there) return there
      for (const source of engine.imageSources.values()) {
        const ref = await source.defaultRef?.()
        if (ref) return addImage(engine, { ref }, live)
      }
      throw fail('image.none')
    },
    { patience: fetchPatience },
  )
}

async function fetchDefaultKernel(engine: Engine, live: Live): Promise<Kernel> {
  return engine.locks.hold(
    'default kernel',
    'the default kernel',
    'fetching',
    async () => {
      const there = oldest(engine.store.kernels.all())
      if (there) return there
      const kernel = (await availableKernels(engine, live)).find((entry) => entry.default)
      if (!kernel) throw fail('kernel.none')
      return pullKernel(engine, { name: kernel.name }, live)
    },
    { patience: fetchPatience },
  )
}

function oldest<T extends { createdAt: number }>(entries: T[]): T | undefined {
  return entries.toSorted((a, b) => a.createdAt - b.createdAt)[0]
}
