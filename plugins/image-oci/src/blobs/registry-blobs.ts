import { fail, isError } from '@banger/core'
import type { Descriptor } from '../manifest/read-manifest.ts'
import type { Limits } from '../registry/limits.ts'
import { explain, type Repository } from '../registry/repository.ts'
import type { BlobCache } from './blob-cache.ts'
import type { BlobFile, Blobs, Live } from './blobs.ts'
import { download } from './download.ts'
import { sha256OfFile } from './sha256-of-file.ts'

/**
 * Blobs of a registry, by way of the cache.
 * @param repositories where they may be had, in the order in which they are asked
 * @param image for messages
 */
export function registryBlobs(repositories: Repository[], cache: BlobCache, limits: Limits, image: string): Blobs {
  async function fetchFrom(repository: Repository, descriptor: Descriptor, live: Live, label?: string): Promise<void> {
    const fill = (file: string) => download(repository, descriptor, file, limits, { ...live, image, label })
    await explain(repository.endpoint, live.signal, () => cache.add(descriptor.digest, fill, live.signal))
  }

  /** A blob of another size than the manifest says: the cache is wrong, or the manifest. */
  async function removeDamaged({ digest, size }: Descriptor): Promise<void> {
    if ((await sha256OfFile(cache.path(digest))) === digest)
      throw fail('blob.corrupt', { image, digest, reason: `has not the ${size} bytes that the manifest says` })
    await cache.remove(digest)
  }

  return {
    parallel: limits.parallel,
    async file(descriptor: Descriptor, live: Live, label?: string): Promise<BlobFile> {
      const { digest, size } = descriptor
      if (await cache.has(digest, size)) tellCached(descriptor, live, label)
      else {
        if (await cache.has(digest)) await removeDamaged(descriptor)
        await firstOf(repositories, live.signal, (repository) => fetchFrom(repository, descriptor, live, label))
      }
      return { path: cache.path(digest), start: 0, size, verified: true }
    },
    discard: (digest) => cache.remove(digest),
  }
}

/** Says that a blob need not be fetched. */
export function tellCached({ digest, size }: Descriptor, { progress }: Live, label: string | undefined): void {
  const message = `Cached ${label}: ${digest.slice(7, 19)}`
  if (label) progress({ id: digest, message, state: 'done', current: size, total: size, unit: 'bytes' })
}

/** Asks one after the other until one can; the last one's error counts, since that is the registry itself. */
export async function firstOf<T, U>(list: T[], signal: AbortSignal, ask: (item: T) => Promise<U>): Promise<U> {
  for (const item of list.slice(0, -1)) {
    try {
      return await ask(item)
    } catch (error) {
      signal.throwIfAborted()
      if (!isError(error)) throw error
    }
  }
  const last = list.at(-1)
  if (last === undefined) throw new Error('there is no place to ask')
  return ask(last)
}
