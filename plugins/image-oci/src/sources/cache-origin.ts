import { readFile } from 'node:fs/promises'
import { fail } from '@banger/core'
import type { BlobCache } from '../blobs/blob-cache.ts'
import { tellCached } from '../blobs/registry-blobs.ts'
import type { TagCache } from '../blobs/tag-cache.ts'
import { sha256 } from '../manifest/resolve-manifest.ts'
import type { Descriptor } from '../manifest/read-manifest.ts'
import { isDigest } from '../reference/parse-reference.ts'
import type { Origin } from './origin.ts'

/**
 * An image from the cache alone, without a network: a tag is what it was when it was last looked up.
 * @param image the reference in full
 */
export function cacheOrigin(image: string, { cache, tags }: { cache: BlobCache; tags: TagCache }): Origin {
  const lacking = (missing: string) => fail('image.not-cached', { image, missing })
  return {
    async document(version) {
      const digest = isDigest(version) ? version : await tags.get(image)
      if (!digest) throw lacking('its tag was never looked up')
      const kept = await readCachedDocument(cache, digest)
      if (!kept) throw lacking(`its manifest is missing (${digest})`)
      return kept
    },
    async check({ config, layers }) {
      const there = await Promise.all([config, ...layers].map(({ digest, size }) => cache.has(digest, size)))
      const missing = [config, ...layers].filter((_, index) => !there[index])
      if (missing.length > 0) throw lacking(`${missing.length} of its ${there.length} parts are missing (${list(missing)})`)
    },
    blobs: {
      parallel: 1,
      async file(descriptor, live, label) {
        const { digest, size } = descriptor
        if (!(await cache.has(digest, size))) throw lacking(`a part is missing (${digest})`)
        tellCached(descriptor, live, label)
        return { path: cache.path(digest), start: 0, size, verified: true }
      },
      discard: (digest) => cache.remove(digest),
    },
  }
}

/** A manifest or index from the cache, if it is there; one that went bad is removed. */
export async function readCachedDocument(cache: BlobCache, digest: string): Promise<Buffer | undefined> {
  if (!(await cache.has(digest))) return undefined
  const kept = await readFile(cache.path(digest))
  if (sha256(kept) === digest) return kept
  await cache.remove(digest)
  return undefined
}

function list(missing: Descriptor[]): string {
  const shown = missing.slice(0, 3).map(({ digest }) => digest.slice(0, 19))
  return [...shown, ...(missing.length > shown.length ? ['…'] : [])].join(', ')
}
