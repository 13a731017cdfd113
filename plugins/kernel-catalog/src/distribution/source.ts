import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, isError, type Host, type KernelFiles, type KernelSource } from '@banger/core'
import { type Apt, openApt } from './apt.ts'
import { type AptOptions, freshLists } from './apt-lists.ts'
import { isDistributionName, isOfInterest, packagedKernels, type PackagedKernel, partsOf } from './flavours.ts'

/** The distribution's words for process.arch. */
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }

/**
 * Kernels out of the packages of the host's own distribution (Debian, Ubuntu), by its own package client: nothing is
 * installed, and no privileges are needed. Where there is no apt, the source has nothing.
 */
export function distributionSource(host: Host): KernelSource {
  const lists = oneByOne(host)
  return {
    name: 'distribution',

    async available(options) {
      const apt = await open(host, lists, options)
      if (!apt) return []
      return (await list(apt, host)).map(({ packages: _, ...kernel }) => kernel)
    },

    async pull(name, { dir, ...options }) {
      // A name like `corp-kernel` must not cost a download of package lists.
      if (!isDistributionName(name)) return undefined
      const apt = await open(host, lists, options)
      const kernel = apt && (await list(apt, host)).find((one) => one.name === name)
      if (!kernel) return undefined
      return pull(apt, kernel, dir).catch(async (error: unknown) => {
        options.signal.throwIfAborted()
        if (!isError(error, 'tool.failed')) throw error
        host.log.warn({ err: error }, 'a package could not be had; trying again with new lists')
        return pullAnew(host, lists, name, dir, options, error)
      })
    },
  }
}

type Lists = (options: AptOptions, renew: boolean) => Promise<string>

/** apt locks its lists while it fetches them; who comes second waits, and then finds them fresh. */
function oneByOne(host: Host): Lists {
  let last: Promise<unknown> = Promise.resolve()
  return (options, renew) => {
    const next = last.then(() => freshLists(host, options, renew))
    last = next.catch(() => undefined)
    return next
  }
}

/** Packages that were superseded since the lists were fetched are gone from the mirror. */
async function pullAnew(
  host: Host,
  lists: Lists,
  name: string,
  dir: string,
  options: AptOptions,
  before: unknown,
): Promise<KernelFiles> {
  const apt = await open(host, lists, options, true)
  const kernel = apt && (await list(apt, host)).find((one) => one.name === name)
  if (!kernel) throw before
  return pull(apt, kernel, dir)
}

async function open(host: Host, lists: Lists, options: AptOptions, renew = false): Promise<Apt | undefined> {
  for (const tool of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if (await host.which(tool)) continue
    host.log.debug({ tool }, 'no kernels from the distribution: a program is not installed')
    return undefined
  }
  return openApt(host, await lists(options, renew), options)
}

async function list(apt: Apt, host: Host): Promise<PackagedKernel[]> {
  const arch = architectures[host.arch]
  if (!arch) return []
  const names = (await apt.names('linux-image-')).filter((name) => isOfInterest(name, arch))
  const kernels = packagedKernels(await apt.show(names), arch, host.arch)
  const parts = new Map((await apt.show(kernels.flatMap(partsOf))).map((part) => [part.name, part]))
  return kernels.map((kernel) => {
    const packages = [...kernel.packages, ...partsOf(kernel).flatMap((name) => parts.get(name) ?? [])]
    return { ...kernel, packages, size: packages.reduce((sum, { size }) => sum + size, 0) }
  })
}

async function pull(apt: Apt, kernel: PackagedKernel, dir: string): Promise<KernelFiles> {
  const root = join(dir, 'root')
  await mkdir(root, { recursive: true })
  await apt.unpack(kernel.packages, dir, root, `linux-image-${kernel.version}`)
  const image = await firstOf([join(root, 'boot', `vmlinuz-${kernel.version}`), join(root, 'boot', `vmlinux-${kernel.version}`)])
  const modules = await firstOf([join(root, 'lib/modules'), join(root, 'usr/lib/modules')])
  const config = await firstOf([join(root, 'boot', `config-${kernel.version}`)])
  if (!image) throw fail('kernel.invalid', { path: `linux-image-${kernel.version}`, reason: 'the package holds no vmlinuz' })
  return { kernel: image, ...(modules ? { modules } : {}), ...(config ? { config } : {}) }
}

async function firstOf(paths: string[]): Promise<string | undefined> {
  for (const path of paths) if (await stat(path).catch(() => undefined)) return path
  return undefined
}
