import { isError } from '@banger/core'
import type { Descriptor } from '../manifest/read-manifest.ts'
import type { Limits } from '../registry/limits.ts'
import { explain, type Repository } from '../registry/repository.ts'
import type { BlobCache } from './blob-cache.ts'
import type { BlobFile, Blobs, Live } from './blobs.ts'
import { download } from './download.ts'

/**
 * Blobs of a registry, by way of the cache.
 * @param repositories where they may be had, in the order in which they are asked
 * @param image for messages
 */
export function registryBlobs(repositories: Repository[], cache: BlobCache, limits: Limits, image: string): Blobs {
  async function fetchFrom(repository: Repository, descriptor: Descriptor, live: Live): Promise<void> {
    const fill = (file: string) => download(repository, descriptor, file, limits, { ...live, image })
    await explain(repository.endpoint, live.signal, () => cache.add(descriptor.digest, fill, live.signal))
  }

  return {
    parallel: limits.parallel,
    async file(descriptor: Descriptor, live: Live): Promise<BlobFile> {
      if (!(await cache.has(descriptor.digest, descriptor.size))) {
        await cache.remove(descriptor.digest)
        await firstOf(repositories, live.signal, (repository) => fetchFrom(repository, descriptor, live))
      }
      return { path: cache.path(descriptor.digest), start: 0, size: descriptor.size, verified: true }
    },
    discard: (digest) => cache.remove(digest),
  }
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
