import { access } from 'node:fs/promises'
import type { DoctorCheck } from '../../hooks/doctor.ts'
import type { Engine } from '../../lifecycle/engine.ts'

type Known = Pick<Engine, 'store' | 'config'>

/** Whether the kernels that are registered are there. */
export async function checkKernels({ store }: Known): Promise<DoctorCheck[]> {
  const kernels = store.kernels.all()
  const problems = await Promise.all(
    kernels.map(async ({ name, files }): Promise<DoctorCheck[]> => {
      const lost = await missing([files.vmlinux, files.modules, files.modulesImage, files.initrd])
      return lost.length === 0
        ? []
        : [problem('kernels', `The kernel "${name}" lacks ${lost.join(', ')}`, `banger kernel delete ${name}`)]
    }),
  )
  return [...problems.flat(), list('kernels', kernels)]
}

/** Whether each image's files are there, its kernel, and the image that is the default. */
export async function checkImages({ store, config }: Known): Promise<DoctorCheck[]> {
  const images = store.images.all()
  const problems = await Promise.all(
    images.map(async ({ name, files, kernel }): Promise<DoctorCheck[]> => {
      const again = `banger image delete ${name}`
      const lost = await missing([files.rootfs, files.workSeed])
      const checks = lost.map((file) => problem('images', `The image "${name}" lacks ${file}`, again))
      if (kernel === undefined || store.kernels.get(kernel)) return checks
      return [...checks, problem('images', `The image "${name}" boots with the kernel "${kernel}", which is not there`, again)]
    }),
  )
  const wanted = config.default_image_name
  const unknown = wanted !== undefined && !store.images.get(wanted)
  const advice = 'Register it, or change default_image_name in the configuration.'
  const byDefault: DoctorCheck[] = unknown
    ? [{ id: 'images', status: 'error', message: `The default image "${wanted}" is not registered`, advice }]
    : []
  return [...problems.flat(), ...byDefault, list('images', images)]
}

function problem(id: string, message: string, remove: string): DoctorCheck {
  return { id, status: 'error', message, advice: `Put it back, or remove the entry and get it anew: ${remove}` }
}

function list(id: string, entries: { name: string }[]): DoctorCheck {
  const names = entries.map(({ name }) => name).join(', ')
  return { id, status: 'ok', message: names || 'none yet: the default one is fetched when it is needed' }
}

async function missing(files: (string | undefined)[]): Promise<string[]> {
  const lost = await Promise.all(
    files.map((file) =>
      file === undefined
        ? undefined
        : access(file).then(
            () => undefined,
            () => file,
          ),
    ),
  )
  return lost.filter((file) => file !== undefined)
}
