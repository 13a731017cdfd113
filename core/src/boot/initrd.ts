import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import { compressionOf, decompress } from '../kernels/decompress.ts'
import type { Kernel } from '../protocol/model.ts'
import { bootModules } from './boot-modules.ts'
import { type CpioEntry, cpioArchive } from './cpio.ts'
import { fileDigest } from './file-digest.ts'
import { moduleName, readModuleIndex } from './module-order.ts'

/** Raise it when the layout or the choice of modules changes: initrds that were built before are then left unused. */
const recipe = 1
/** Bytes of one module, unpacked, at most. */
const largestModule = 64 << 20
/** Milliseconds after which an initrd of another agent, kernel or recipe is removed. */
const keepFor = 30 * 24 * 3600 * 1000

export interface EnsureInitrdOptions {
  /** Path of the agent's binary, which becomes /init. */
  agent: string
  kernel: Kernel
  /** The folder that initrds are kept in; made when missing. */
  dir: string
  host: Host
  signal?: AbortSignal
}

/**
 * The initrd that boots a kernel into banger's agent, as docs/guest-channel.md describes. It is built once per agent and
 * kernel; finding a built one takes about a millisecond. Several callers at once are fine.
 * @returns its absolute path: an uncompressed cpio archive
 * @throws kernel.invalid when the kernel can't mount a root filesystem, or lacks a module's file
 * @throws tool.missing when its modules are compressed and the host has no xz
 */
export async function ensureInitrd(options: EnsureInitrdOptions): Promise<string> {
  const { kernel, dir } = options
  const path = await initrdPath(options)
  if (await exists(path)) return path
  const archive = cpioArchive(await initrdEntries(options, await loadModules(kernel, options)))
  await mkdir(dir, { recursive: true })
  await removeStale(dir)
  await writeAtomically(path, archive)
  return path
}

/** Where the initrd of an agent and a kernel is kept, whether it is built or not. */
export async function initrdPath(options: Pick<EnsureInitrdOptions, 'agent' | 'kernel' | 'dir'>): Promise<string> {
  return join(options.dir, `${await initrdKey(options)}.cpio`)
}

/** The kernel's digest is its vmlinux's; its module index stands for its modules. */
async function initrdKey({ agent, kernel }: Pick<EnsureInitrdOptions, 'agent' | 'kernel'>): Promise<string> {
  const agentDigest = await fileDigest(agent).catch((error: Error) => {
    throw fail('internal', { reason: `the guest agent ${agent} cannot be read (${error.message})` }, error)
  })
  const modules = kernel.files.modules ? await readFile(join(releaseFolder(kernel), 'modules.dep')).catch(() => '') : ''
  return createHash('sha256').update(`${recipe} ${agentDigest} ${kernel.digest}\n`).update(modules).digest('hex')
}

async function loadModules(kernel: Kernel, { host, signal }: EnsureInitrdOptions): Promise<{ name: string; content: Buffer }[]> {
  if (!kernel.files.modules) {
    if (kernel.features.ext4 && kernel.features.overlayfs) return []
    const lacking = [...(kernel.features.ext4 ? [] : ['ext4']), ...(kernel.features.overlayfs ? [] : ['overlay'])].join(', no ')
    throw fail('kernel.invalid', { path: kernel.name, reason: `it has no ${lacking}, and came without modules` })
  }
  const folder = releaseFolder(kernel)
  const paths = bootModules(await readModuleIndex(folder), kernel.name)
  return Promise.all(
    paths.map(async (path, index) => {
      const file = await readFile(join(folder, path)).catch((error: Error) => {
        throw fail(
          'kernel.invalid',
          { path: kernel.name, reason: `its module ${path} is missing; remove the kernel and add it again` },
          error,
        )
      })
      const content = compressionOf(file) ? await decompress(file, { limit: largestModule, host, signal }) : file
      return { name: `${String(index).padStart(3, '0')}-${moduleName(path)}.ko`, content }
    }),
  )
}

async function initrdEntries({ agent }: EnsureInitrdOptions, modules: { name: string; content: Buffer }[]): Promise<CpioEntry[]> {
  const folders = ['dev', 'proc', 'sys', 'newroot', 'modules'].map((name): CpioEntry => ({ kind: 'folder', name, mode: 0o755 }))
  const order = modules.map(({ name }) => `${name}\n`).join('')
  return [
    ...folders,
    // The kernel opens it as the standard input and output of /init, before anything is mounted.
    { kind: 'character-device', name: 'dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'file', name: 'init', mode: 0o755, content: await readFile(agent) },
    ...modules.map(({ name, content }): CpioEntry => ({ kind: 'file', name: `modules/${name}`, mode: 0o644, content })),
    { kind: 'file', name: 'modules/order', mode: 0o644, content: Buffer.from(order) },
  ]
}

function releaseFolder(kernel: Kernel): string {
  return join(kernel.files.modules ?? '', kernel.release ?? '')
}

async function writeAtomically(path: string, content: Buffer): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`
  try {
    const file = await open(partial, 'wx', 0o644)
    await file.writeFile(content)
    await file.sync()
    await file.close()
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** VMMs read an initrd when they start, so one that was made long ago is only needed again when it is built again. */
async function removeStale(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const path = join(dir, name)
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > keepFor) await rm(path, { force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
