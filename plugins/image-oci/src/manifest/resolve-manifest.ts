import { createHash } from 'node:crypto'
import { fail } from '@banger/core'
import { isDigest } from '../reference/parse-reference.ts'
import { choosePlatform } from './choose-platform.ts'
import type { Platform } from './platform.ts'
import { type Manifest, readManifest } from './read-manifest.ts'

/** Indexes may name indexes, but not for ever. */
const deepest = 4

export interface FoundManifest {
  /** `sha256:…` of the manifest of the platform. */
  digest: string
  manifest: Manifest
  /** Digests of what led there, the manifest's own included. */
  documents: string[]
}

/**
 * From a tag or a digest to the manifest for a platform, through indexes.
 * @param get reads a manifest or an index
 * @throws blob.corrupt, Error with a message for people
 */
export async function resolveManifest(
  get: (version: string) => Promise<Buffer>,
  version: string,
  { platform, image }: { platform: Platform; image: string },
): Promise<FoundManifest> {
  const documents: string[] = []
  let wanted = version
  for (let depth = 0; depth < deepest; depth++) {
    const bytes = await get(wanted)
    const digest = sha256(bytes)
    if (isDigest(wanted) && digest !== wanted)
      throw fail('blob.corrupt', {
        image,
        digest: wanted,
        reason: 'is a manifest that came with other bytes: their digest differs',
      })
    documents.push(digest)
    const found = readManifest(bytes)
    if ('manifest' in found) return { digest, manifest: found.manifest, documents }
    wanted = choosePlatform(found.index, platform).digest
  }
  throw new Error('its indexes are nested too deeply')
}

export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
