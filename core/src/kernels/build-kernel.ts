import { createHash } from 'node:crypto'
import { copyFile, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bootModules } from '../boot/boot-modules.ts'
import { type ModuleIndex, readModuleIndex } from '../boot/module-order.ts'
import { fail } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import type { KernelFiles } from '../hooks/kernel-source.ts'
import type { Progress } from '../hooks/progress.ts'
import type { Kernel } from '../protocol/model.ts'
import { embeddedConfig, isKernelConfig, kernelFeatures } from './kernel-config.ts'
import { findModuleFolder, indexModules } from './module-folder.ts'
import { buildModulesImage } from './modules-image.ts'
import { unpackKernel } from './unpack-kernel.ts'

export interface BuildKernelOptions {
  name: string
  /** As in `Kernel.origin`. */
  origin: string
  /** A folder to fill; made when missing, and nothing of what is in it is touched. On an error its content is the caller's to remove. */
  stage: string
  /** Where the caller will rename `stage` to: the paths in the answer lie below it. */
  final: string
  host: Host
  progress: Progress
  signal?: AbortSignal
}

/**
 * Makes a kernel entry from what a source or the user gave: an uncompressed vmlinux, an ext4 image of all its modules,
 * and beside it those modules that the initrd needs. The given files are only read. What is written is synced to disk.
 * @throws kernel.invalid, tool.missing (xz, depmod, mke2fs, debugfs), tool.failed
 */
export async function buildKernel(files: KernelFiles, options: BuildKernelOptions): Promise<Kernel> {
  const { stage, final, host, progress, signal } = options
  await mkdir(stage, { recursive: true })
  progress({ id: 'kernel', message: `Unpacking the kernel ${options.name}`, state: 'running' })
  const { vmlinux, release } = await unpackKernel(files.kernel, { host, signal })
  await writeFile(join(stage, 'vmlinux'), vmlinux)
  const config = (await readConfig(files.config)) ?? embeddedConfig(vmlinux)
  if (config !== undefined) await writeFile(join(stage, 'config'), config)
  if (files.initrd) await writeFile(join(stage, 'initrd'), await readInitrd(files.initrd))
  progress({ id: 'kernel', message: `Unpacked the kernel ${options.name} (${release})`, state: 'done' })
  const index = files.modules ? await buildModules(files.modules, release, files, options) : undefined
  const size = await settle(stage)
  const at = (name: string): string => join(final, name)
  return {
    name: options.name,
    release,
    arch: 'x64',
    origin: options.origin,
    digest: `sha256:${createHash('sha256').update(vmlinux).digest('hex')}`,
    features: kernelFeatures(config, index),
    files: {
      vmlinux: at('vmlinux'),
      ...(index ? { modules: at('modules'), modulesImage: at('modules.ext4') } : {}),
      ...(files.initrd ? { initrd: at('initrd') } : {}),
      ...(config !== undefined ? { config: at('config') } : {}),
    },
    size,
    createdAt: Date.now(),
  }
}

async function buildModules(
  folder: string,
  release: string,
  files: KernelFiles,
  options: BuildKernelOptions,
): Promise<ModuleIndex> {
  const { stage, host, progress, signal } = options
  progress({ id: 'modules', message: `Packing the modules of ${release}`, state: 'running' })
  const scratch = join(stage, 'scratch')
  const source = await indexModules(await findModuleFolder(folder, release), release, scratch, { host, signal })
  const index = await readModuleIndex(source)
  await keepBootModules(source, join(stage, 'modules', release), index, files)
  await buildModulesImage(source, join(stage, 'modules.ext4'), { host, signal })
  await rm(scratch, { recursive: true, force: true })
  progress({ id: 'modules', message: `Packed ${index.modules.size} modules of ${release}`, state: 'done' })
  return index
}

/** The image holds all modules; the few that go into the initrd are kept as files too, with the index that orders them. */
async function keepBootModules(source: string, target: string, index: ModuleIndex, files: KernelFiles): Promise<void> {
  // With an initrd of its own, what the kernel lacks is the user's affair.
  const paths = files.initrd ? [] : bootModules(index, files.kernel)
  const indexes = ['modules.dep', 'modules.builtin', 'modules.softdep', 'modules.alias']
  for (const path of [...indexes, ...paths]) {
    await mkdir(dirname(join(target, path)), { recursive: true })
    await copyFile(join(source, path), join(target, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      if (path.startsWith('kernel/'))
        throw fail('kernel.invalid', { path: source, reason: `its module ${path} is missing` }, error)
    })
  }
}

async function readConfig(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw fail('kernel.invalid', { path, reason: `its configuration cannot be read (${error.message})` }, error)
  })
  if (!isKernelConfig(text))
    throw fail('kernel.invalid', { path, reason: 'it has no CONFIG_ lines, as a build configuration has' })
  return text
}

async function readInitrd(path: string): Promise<Buffer> {
  return readFile(path).catch((error: Error) => {
    throw fail('kernel.invalid', { path, reason: `the initrd cannot be read (${error.message})` }, error)
  })
}

/** Makes the entry durable, names and all, and adds up its size in bytes on disk. What else lies in the folder is passed over. */
async function settle(stage: string): Promise<number> {
  let size = 0
  for (const name of ['vmlinux', 'config', 'initrd', 'modules.ext4', 'modules']) size += await settleTree(join(stage, name))
  await syncPath(stage)
  return size
}

async function settleTree(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return 0
  let size = found.blocks * 512
  if (found.isDirectory()) for (const name of await readdir(path)) size += await settleTree(join(path, name))
  await syncPath(path)
  return size
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  await file.sync().finally(() => file.close())
}
