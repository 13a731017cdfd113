import { fail } from '../errors.ts'
import { suggesting } from '../nearest.ts'
import type { Image, Kernel } from '../protocol/model.ts'
import type { Engine } from './engine.ts'

/** @throws image.not-found, with the name that was probably meant */
export function findImage({ store }: Pick<Engine, 'store'>, name: string): Image {
  const image = store.images.get(name)
  if (image) return image
  throw suggesting(fail('image.not-found', { name }), name, namesOf(store.images.all()))
}

/** @throws kernel.not-found, with the name that was probably meant */
export function findKernel({ store }: Pick<Engine, 'store'>, name: string): Kernel {
  const kernel = store.kernels.get(name)
  if (kernel) return kernel
  throw suggesting(fail('kernel.not-found', { name }), name, namesOf(store.kernels.all()))
}

function namesOf(entries: { name: string }[]): string[] {
  return entries.map(({ name }) => name)
}
