import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, toBangerError } from '../errors.ts'
import type { KernelFiles } from '../hooks/kernel-source.ts'
import { buildKernel } from '../kernels/build-kernel.ts'
import type { AvailableKernelEntry, ImportKernel, PullKernel } from '../protocol/api.ts'
import type { Kernel } from '../protocol/model.ts'
import { announce, type Engine } from './engine.ts'
import { findKernel } from './find.ts'
import { checkName } from './names.ts'
import { type Live, perform, type Verb } from './sequence.ts'

interface KernelData {
  name: string
}

interface KernelInput {
  /** Puts the files somewhere below an empty folder; says where, and where they came from. */
  obtain(dir: string, live: Live): Promise<{ files: KernelFiles; origin: string }>
}

/** What all kernel sources offer. A source that fails is passed over, with a warning in the log and in the progress. */
export async function availableKernels(engine: Engine, live: Live): Promise<AvailableKernelEntry[]> {
  const lists = await Promise.all(
    engine.kernelSources.values().map(async (source) => {
      try {
        return (await source.available(live)).map((kernel) => ({
          ...kernel,
          source: source.name,
          pulled: engine.store.kernels.get(kernel.name) !== undefined,
        }))
      } catch (error) {
        live.signal.throwIfAborted()
        engine.host.log.warn({ source: source.name, err: error }, 'a kernel source failed')
        live.progress({
          id: `source:${source.name}`,
          message: `${source.name}: ${toBangerError(error).message}`,
          state: 'failed',
        })
        return []
      }
    }),
  )
  return lists.flat()
}

/** @throws kernel.exists, kernel.not-found */
export async function pullKernel(engine: Engine, { name }: PullKernel, live: Live): Promise<Kernel> {
  return addKernel(engine, name, { obtain: (dir, during) => pullFromSources(engine, name, dir, during) }, live)
}

/** @throws kernel.exists, kernel.invalid */
export async function importKernel(engine: Engine, { name, ...files }: ImportKernel, live: Live): Promise<Kernel> {
  return addKernel(engine, name, { obtain: async () => ({ files, origin: `file ${files.kernel}` }) }, live)
}

/** @param input what the steps work on; unknown, and not needed, when a crash is undone */
export function importKernelVerb(engine: Engine, input?: KernelInput): Verb<KernelData> {
  let kernel: Kernel | undefined
  return {
    name: 'kernel.add',
    onCrash: 'undo',
    steps: [
      {
        name: 'stage',
        run: async ({ name }, live) => {
          if (input) kernel = await stageKernel(engine, name, input, live)
        },
        undo: ({ name }) => rm(engine.paths.kernel(name).stage, { recursive: true, force: true }),
      },
      {
        name: 'rename',
        run: ({ name }) => rename(engine.paths.kernel(name).stage, engine.paths.kernel(name).dir),
        undo: ({ name }) => rm(engine.paths.kernel(name).dir, { recursive: true, force: true }),
      },
      {
        name: 'row',
        run: () => {
          if (kernel) engine.store.kernels.put(kernel)
        },
        undo: ({ name }) => engine.store.kernels.delete(name),
      },
    ],
  }
}

async function addKernel(engine: Engine, name: string, input: KernelInput, live: Live): Promise<Kernel> {
  checkName(name, 'kernel')
  return engine.locks.hold(`kernel:${name}`, name, 'adding the kernel', async () => {
    if (engine.store.kernels.get(name)) throw fail('kernel.exists', { name })
    await perform(importKernelVerb(engine, input), name, { name }, live, { journal: engine.store.journal, log: engine.host.log })
    announce(engine, { type: 'kernel.added', kernel: name })
    return findKernel(engine, name)
  })
}

async function stageKernel(engine: Engine, name: string, input: KernelInput, live: Live): Promise<Kernel> {
  const { dir, stage } = engine.paths.kernel(name)
  await rm(stage, { recursive: true, force: true })
  await mkdir(stage, { recursive: true, mode: 0o700 })
  const download = await mkdtemp(join(stage, 'download-'))
  const { files, origin } = await input.obtain(download, live)
  const kernel = await buildKernel(files, { name, origin, stage, final: dir, host: engine.host, ...live })
  await rm(download, { recursive: true, force: true })
  live.progress({ id: 'kernel', message: `Kernel ${name} is ready`, state: 'done' })
  return kernel
}

async function pullFromSources(
  engine: Engine,
  name: string,
  dir: string,
  live: Live,
): Promise<{ files: KernelFiles; origin: string }> {
  for (const source of engine.kernelSources.values()) {
    const files = await source.pull(name, { dir, ...live })
    if (files) return { files, origin: `source ${source.name}` }
  }
  throw fail('kernel.not-found', { name })
}
