import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type AvailableKernel, fail, type Host, isError, type KernelFiles, type KernelSource, type Progress } from '@banger/core'
import { isDistributionName } from '../distribution/flavours.ts'
import { downloadTarball, readIndexText } from './download.ts'
import { type CatalogKernel, parseIndex } from './index-format.ts'
import { unpackTarball } from './unpack-tarball.ts'

interface Live {
  signal: AbortSignal
  progress: Progress
}

/** Kernels from the catalogs that the user configured, by URL or file. docs/kernel-catalog.md has the format. */
export function catalogSource(host: Host, catalogs: URL[]): KernelSource {
  return {
    name: 'catalog',

    async available(live) {
      const found = await readCatalogs(host, catalogs, live)
      return found.map(({ kernel }) => describe(kernel))
    },

    async pull(name, { dir, ...live }) {
      const kernels = await readCatalogs(host, catalogs, live).catch((error: Error) => {
        // With no catalog to be read, the distribution may still have it; for other names, this is why it can't be had.
        if (!isError(error, 'catalog.invalid') || !isDistributionName(name)) throw error
        live.progress({ id: 'catalogs', message: error.message, state: 'failed' })
        return []
      })
      const found = kernels.find(({ kernel }) => kernel.name === name)
      if (!found) return undefined
      return fetchKernel(found.kernel, found.catalog, dir, live)
    },
  }
}

/** The kernels for this machine; a catalog that can't be read is passed over, unless none can. */
async function readCatalogs(
  host: Host,
  catalogs: URL[],
  { signal, progress }: Live,
): Promise<{ kernel: CatalogKernel; catalog: URL }[]> {
  const results = await Promise.allSettled(catalogs.map((catalog) => readCatalog(catalog, signal)))
  signal.throwIfAborted()
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  if (errors.length > 0 && errors.length === catalogs.length) throw errors[0]
  for (const [index, error] of errors.entries()) {
    host.log.warn({ err: error }, 'a kernel catalog is passed over')
    progress({ id: `catalog:${index}`, message: error.message, state: 'failed' })
  }
  const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  return found.filter(({ kernel }) => kernel.arch === host.arch)
}

async function readCatalog(catalog: URL, signal: AbortSignal): Promise<{ kernel: CatalogKernel; catalog: URL }[]> {
  try {
    return parseIndex(await readIndexText(catalog, signal)).map((kernel) => ({ kernel, catalog }))
  } catch (error) {
    signal.throwIfAborted()
    throw fail('catalog.invalid', { url: catalog.href, reason: messageOf(error) }, error)
  }
}

async function fetchKernel(kernel: CatalogKernel, catalog: URL, dir: string, live: Live): Promise<KernelFiles> {
  const url = URL.canParse(kernel.url, catalog.href) ? new URL(kernel.url, catalog).href : kernel.url
  const tarball = join(dir, 'tarball')
  const content = join(dir, 'content')
  try {
    await downloadTarball(kernel, catalog, tarball, live)
    live.progress({ id: 'unpack', message: `Unpacking ${kernel.name}`, state: 'running' })
    await mkdir(content)
    const files = await unpackTarball(tarball, url, content, live.signal)
    live.progress({ id: 'unpack', message: `Unpacked ${kernel.name}`, state: 'done' })
    await rm(tarball)
    return files
  } catch (error) {
    await Promise.all([tarball, content].map((path) => rm(path, { recursive: true, force: true })))
    live.signal.throwIfAborted()
    if (isError(error) || isDiskFull(error)) throw error
    throw fail('kernel.download-failed', { name: kernel.name, url, reason: messageOf(error) }, error)
  }
}

function describe({ name, version, arch, summary, size, default: isDefault }: CatalogKernel): AvailableKernel {
  return { name, version, arch, summary, size, ...(isDefault ? { default: true } : {}) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC'
}
