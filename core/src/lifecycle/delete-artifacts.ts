import { rm } from 'node:fs/promises'
import { fail } from '../errors.ts'
import { announce, type Engine } from './engine.ts'
import { findImage, findKernel } from './find.ts'
import { type Live, perform, type Verb } from './sequence.ts'

/** Deletes an image, and its files where banger owns them. @throws image.not-found, image.in-use */
export async function deleteImage(engine: Engine, name: string, live: Live): Promise<void> {
  await engine.locks.hold(`image:${name}`, name, 'deleting the image', async () => {
    findImage(engine, name)
    const users = engine.store.vms.all().filter((vm) => vm.image === name)
    if (users.length > 0) throw fail('image.in-use', { name, users: users.map((vm) => vm.name).join(' ') })
    await perform(deleteImageVerb(engine), name, { name }, live, { journal: engine.store.journal, log: engine.host.log })
  })
  announce(engine, { type: 'image.deleted', image: name })
}

/** @throws kernel.not-found, kernel.in-use */
export async function deleteKernel(engine: Engine, name: string, live: Live): Promise<void> {
  await engine.locks.hold(`kernel:${name}`, name, 'deleting the kernel', async () => {
    findKernel(engine, name)
    const vms = engine.store.vms.all().filter((vm) => vm.kernel === name)
    const images = engine.store.images.all().filter((image) => image.kernel === name)
    const users = [...vms.map((vm) => `VM ${vm.name}`), ...images.map((image) => `image ${image.name}`)]
    if (users.length > 0) throw fail('kernel.in-use', { name, users: users.join(', ') })
    await perform(deleteKernelVerb(engine), name, { name }, live, { journal: engine.store.journal, log: engine.host.log })
  })
  announce(engine, { type: 'kernel.deleted', kernel: name })
}

/** The row goes first, in the tick that has looked for users: nobody can begin to use what is half deleted. */
export function deleteImageVerb(engine: Engine): Verb<{ name: string }> {
  return {
    name: 'image.delete',
    onCrash: 'finish',
    steps: [
      { name: 'row', run: ({ name }) => engine.store.images.delete(name) },
      { name: 'files', run: ({ name }) => rm(engine.paths.image(name).dir, { recursive: true, force: true }) },
    ],
  }
}

export function deleteKernelVerb(engine: Engine): Verb<{ name: string }> {
  return {
    name: 'kernel.delete',
    onCrash: 'finish',
    steps: [
      { name: 'row', run: ({ name }) => engine.store.kernels.delete(name) },
      { name: 'files', run: ({ name }) => rm(engine.paths.kernel(name).dir, { recursive: true, force: true }) },
    ],
  }
}
