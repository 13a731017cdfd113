import { posix } from 'node:path'
import { fail, type Host, type ImageSource, identifyFile, type ResolvedImage } from '@banger/core'
import { z } from 'zod'
import type { Blobs, Live } from '../blobs/blobs.ts'
import type { OciConfig } from '../config.ts'
import { type Platform, wantedPlatform } from '../manifest/platform.ts'
import { readConfig } from '../manifest/read-config.ts'
import { read, readJson } from '../manifest/read-manifest.ts'
import { sha256 } from '../manifest/resolve-manifest.ts'
import { imageName } from '../reference/image-name.ts'
import { formatReference, parseReference } from '../reference/parse-reference.ts'
import { describeImage, readBlob, refusing } from './describe-image.ts'
import { splitPath } from './split-path.ts'
import { indexTar, type Member } from './tar-index.ts'

/** Bytes of a document in the archive at most. */
const largestDocument = 8 << 20

const listFormat = z
  .array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()).max(500) }))
  .max(10_000)

type Entry = z.infer<typeof listFormat>[number]

/** `docker-archive:<file>[:<reference>]`: what `docker save`, `podman save` and skopeo write. */
export function archiveSource(host: Host, settings: OciConfig): ImageSource {
  return {
    scheme: 'docker-archive',
    summary: 'docker-archive:<absolute path of a tar>[:<reference>], as docker save makes it',
    takes: ['platform'],
    async resolve(ref, { named, platform, ...live }) {
      // without the scheme, a tar is a root filesystem
      if (!named) return undefined
      const place = await splitPath(ref)
      if (!place) throw fail('image.refused', { image: ref, reason: 'it is no absolute path of a file' })
      const wanted = wantedPlatform(platform, host.arch)
      return refusing(place.path, () => resolve(settings, place.path, place.rest, wanted, live))
    },
  }
}

async function resolve(
  settings: OciConfig,
  path: string,
  wanted: string | undefined,
  platform: Platform,
  live: Live,
): Promise<ResolvedImage> {
  const { format, name } = await identifyFile(path)
  if (format !== 'tar') throw new Error(`it is ${name}, and no tar that docker save makes`)
  const members = await indexTar(path)
  const list = members.get('manifest.json')
  if (!list) throw new Error('it holds no manifest.json, so docker save did not make it')
  const entry = choose(read(listFormat, readJson(await document(path, list))), wanted)
  const config = find(members, entry.Config)
  const bytes = await document(path, config)
  const { diffIds } = readConfig(bytes, platform)
  // layers are known by what they unpack to alone
  const parts = new Map([
    [sha256(bytes), config],
    ...entry.Layers.map((layer, at) => [diffIds[at] ?? '', find(members, layer)] as const),
  ])
  const descriptor = (digest: string) => ({ mediaType: '', digest, size: parts.get(digest)?.size ?? 0 })
  const tag = parseReference(entry.RepoTags?.[0] ?? '')
  const manifest = { config: descriptor(sha256(bytes)), layers: entry.Layers.map((_, at) => descriptor(diffIds[at] ?? '')) }
  return describeImage(
    {
      digest: sha256(bytes),
      name: imageName(tag?.repository ?? posix.basename(path, '.tar'), tag?.tag),
      platform,
      image: path,
      manifest,
      blobs: archiveBlobs(path, parts),
    },
    settings,
    live,
  )
}

function archiveBlobs(path: string, parts: Map<string, Member>): Blobs {
  return {
    parallel: 1,
    async file({ digest }) {
      const { start, size } = parts.get(digest) ?? { start: 0, size: 0 }
      return { path, start, size, verified: true }
    },
  }
}

/** @throws Error with a message for people */
function choose(entries: Entry[], wanted: string | undefined): Entry {
  const list = entries.flatMap(({ RepoTags }) => RepoTags ?? []).join(', ') || 'none'
  if (wanted === undefined) {
    if (entries.length !== 1 || !entries[0]) throw new Error(`it holds ${entries.length} images; name one of: ${list}`)
    return entries[0]
  }
  const full = (text: string) => {
    const reference = parseReference(text)
    return reference ? formatReference(reference) : text
  }
  const found = entries.find(({ RepoTags }) => RepoTags?.some((tag) => full(tag) === full(wanted)))
  if (!found) throw new Error(`it holds no image ${wanted}; there is: ${list}`)
  return found
}

/** A member; older archives link layers that repeat. @throws Error with a message for people */
function find(members: Map<string, Member>, name: string): Member {
  let at = posix.normalize(name)
  for (let hops = 0; hops < 10; hops++) {
    const member = members.get(at)
    if (!member) break
    if (member.link === undefined) return member
    at = member.isSymlink ? posix.join(posix.dirname(at), member.link) : posix.normalize(member.link)
  }
  throw new Error(`it lacks ${name}`)
}

async function document(path: string, { start, size }: Member): Promise<Buffer> {
  if (size > largestDocument) throw new Error('a manifest in it is too large')
  return readBlob({ path, start, size, verified: true })
}
