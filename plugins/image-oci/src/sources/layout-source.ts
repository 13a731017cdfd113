import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fail, type Host, type ImageSource, type ResolvedImage } from '@banger/core'
import type { Blobs, Live } from '../blobs/blobs.ts'
import type { OciConfig } from '../config.ts'
import { choosePlatform } from '../manifest/choose-platform.ts'
import { type Platform, wantedPlatform } from '../manifest/platform.ts'
import { type IndexEntry, readManifest } from '../manifest/read-manifest.ts'
import { resolveManifest } from '../manifest/resolve-manifest.ts'
import { imageName } from '../reference/image-name.ts'
import { describeImage, refusing } from './describe-image.ts'
import { splitPath } from './split-path.ts'

const refName = 'org.opencontainers.image.ref.name'
/** Bytes of a manifest at most. */
const largestDocument = 4 << 20

/** `oci-layout:<folder>[:<tag>]`: https://github.com/opencontainers/image-spec/blob/main/image-layout.md, as skopeo and umoci make it. */
export function layoutSource(host: Host, config: OciConfig): ImageSource {
  return {
    scheme: 'oci-layout',
    summary: 'oci-layout:<absolute path of a folder>[:<tag>], as skopeo and umoci make it',
    takes: ['platform'],
    async resolve(ref, { named, platform, ...live }) {
      const place = await splitPath(ref)
      if (place && (await isLayout(place.path)))
        return resolve(config, place.path, place.rest, wantedPlatform(platform, host.arch), live)
      if (named) throw fail('image.refused', { image: ref, reason: 'it is no absolute path of an OCI image layout' })
      return undefined
    },
  }
}

async function resolve(
  config: OciConfig,
  folder: string,
  tag: string | undefined,
  platform: Platform,
  live: Live,
): Promise<ResolvedImage> {
  const image = tag ? `${folder}:${tag}` : folder
  return refusing(image, async () => {
    const blobs = layoutBlobs(folder)
    const read = async (digest: string) => readSmall(blobPath(folder, digest))
    const index = readManifest(await readSmall(join(folder, 'index.json')))
    if (!('index' in index)) throw new Error('its index.json is no index')
    const entry = choosePlatform(withTag(index.index, tag), platform)
    const found = await resolveManifest(read, entry.digest, { platform, image })
    return describeImage({ ...found, name: imageName(basename(folder), tag), platform, image, blobs }, config, live)
  })
}

/** @throws Error with a message for people, which lists the tags */
function withTag(entries: IndexEntry[], tag: string | undefined): IndexEntry[] {
  const tags = new Set(entries.flatMap(({ annotations }) => annotations?.[refName] ?? []))
  const list = [...tags].join(', ') || 'none'
  if (tag === undefined) {
    if (tags.size > 1) throw new Error(`it has several tags; name one of: ${list}`)
    return entries
  }
  const found = entries.filter(({ annotations }) => annotations?.[refName] === tag)
  if (found.length === 0) throw new Error(`it has no tag ${tag}; there is: ${list}`)
  return found
}

/** Blobs are read where they lie, and checked while they are. */
function layoutBlobs(folder: string): Blobs {
  return {
    parallel: 1,
    async file({ digest, size }) {
      const path = blobPath(folder, digest)
      const found = await stat(path).catch(() => undefined)
      if (!found?.isFile()) throw fail('blob.corrupt', { image: folder, digest, reason: 'is missing' })
      if (found.size !== size)
        throw fail('blob.corrupt', { image: folder, digest, reason: `has ${found.size} bytes where the manifest says ${size}` })
      return { path, start: 0, size, verified: false }
    },
  }
}

function blobPath(folder: string, digest: string): string {
  return join(folder, 'blobs', digest.replace(':', '/'))
}

async function readSmall(path: string): Promise<Buffer> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new Error(`${path} is missing`)
  if (found.size > largestDocument) throw new Error(`${path} is too large for a manifest`)
  return readFile(path)
}

async function isLayout(folder: string): Promise<boolean> {
  return stat(join(folder, 'oci-layout')).then(
    (found) => found.isFile(),
    () => false,
  )
}
