import { writeFile } from 'node:fs/promises'
import type { BlobCache } from '../blobs/blob-cache.ts'
import { firstOf, registryBlobs } from '../blobs/registry-blobs.ts'
import type { TagCache } from '../blobs/tag-cache.ts'
import { sha256 } from '../manifest/resolve-manifest.ts'
import { isDigest } from '../reference/parse-reference.ts'
import type { Limits } from '../registry/limits.ts'
import type { Repository } from '../registry/repository.ts'
import { readCachedDocument } from './cache-origin.ts'
import type { Origin } from './origin.ts'

/**
 * An image of a registry, by way of the cache. Manifests are kept like blobs, so that what is asked for by digest needs no network
 * the second time; a tag is always looked up, and what it named is kept in mind.
 * @param image the reference in full
 * @param repositories where it may be had, in the order in which they are asked
 */
export function registryOrigin(
  image: string,
  repositories: Repository[],
  { cache, tags, limits }: { cache: BlobCache; tags: TagCache; limits: Limits },
): Origin {
  return {
    blobs: registryBlobs(repositories, cache, limits, image),
    async document(version, { signal }) {
      const isTag = !isDigest(version)
      const kept = isTag ? undefined : await readCachedDocument(cache, version)
      if (kept) return kept
      const bytes = await firstOf(repositories, signal, (repository) => repository.manifest(version, signal))
      const digest = sha256(bytes)
      if (isTag || digest === version) await cache.add(digest, (file) => writeFile(file, bytes), signal)
      if (isTag) await tags.put(image, digest)
      return bytes
    },
  }
}
