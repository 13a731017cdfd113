import { readFile, writeFile } from 'node:fs/promises'
import { fail, type Host, type ImageSource, type ResolvedImage } from '@banger/core'
import { BlobCache } from '../blobs/blob-cache.ts'
import type { Live } from '../blobs/blobs.ts'
import { firstOf, registryBlobs } from '../blobs/registry-blobs.ts'
import { type OciConfig, readConfig } from '../config.ts'
import { type Platform, wantedPlatform } from '../manifest/platform.ts'
import { resolveManifest, sha256 } from '../manifest/resolve-manifest.ts'
import { imageName } from '../reference/image-name.ts'
import { formatReference, isDigest, parseReference, type Reference } from '../reference/parse-reference.ts'
import { endpointsOf } from '../registry/endpoints.ts'
import { defaultLimits, type Limits } from '../registry/limits.ts'
import { openRepository, type Repository } from '../registry/repository.ts'
import { describeImage, refusing } from './describe-image.ts'

const advice =
  'Write it in lower case, like docker.io/library/debian:bookworm, localhost:5000/team/box or registry.lan/box@sha256:<64 digits>'

/** `oci:<reference>`, or a reference as Docker and podman take it: images of registries. */
export function registrySource(host: Host, limits: Limits = defaultLimits): ImageSource {
  const cache = new BlobCache(host.dirs.cache)
  return {
    scheme: 'oci',
    summary: '<registry>/<repository>:<tag> or @<digest> (as docker.io/library/debian:bookworm), any container image',
    takes: ['platform', 'insecure'],
    async resolve(ref, { named, platform, insecure, ...live }) {
      const reference = parseReference(ref.replace(/^(docker:)?\/\//, ''))
      if (reference) {
        const settings = settingsFor(host, reference, insecure)
        return resolve({ host, cache, limits, settings, platform: wantedPlatform(platform, host.arch) }, reference, live)
      }
      if (named) throw fail('image.reference', { ref: `oci:${ref}`, reason: 'it is no reference of a container image', advice })
      return undefined
    },
  }
}

interface Means {
  host: Host
  cache: BlobCache
  limits: Limits
  settings: OciConfig
  platform: Platform
}

function settingsFor(host: Host, { registry }: Reference, insecure: boolean | undefined): OciConfig {
  const settings = readConfig(host)
  return insecure ? { ...settings, insecure: [...settings.insecure, registry] } : settings
}

async function resolve(means: Means, reference: Reference, live: Live): Promise<ResolvedImage> {
  const { host, cache, limits, settings, platform } = means
  const image = formatReference(reference)
  const repositories = endpointsOf(reference, settings).map((endpoint) => openRepository(host, endpoint, settings, limits))
  return refusing(image, async () => {
    const version = reference.digest ?? reference.tag ?? 'latest'
    const step = { id: 'manifest', message: `Looking up ${image}` }
    live.progress({ ...step, state: 'running' })
    const get = (wanted: string) => readManifest(wanted, { repositories, cache, live })
    const found = await resolveManifest(get, version, { platform, image })
    live.progress({ ...step, state: 'done' })
    const name = imageName(reference.repository, reference.tag ?? reference.digest)
    const blobs = registryBlobs(repositories, cache, limits, image)
    return { ...(await describeImage({ ...found, name, platform, image, blobs }, settings, live)), ref: image }
  })
}

/** Manifests are kept like blobs, so that what is asked for by digest needs no network the second time. */
async function readManifest(
  version: string,
  { repositories, cache, live }: { repositories: Repository[]; cache: BlobCache; live: Live },
): Promise<Buffer> {
  if (isDigest(version) && (await cache.has(version))) {
    const kept = await readFile(cache.path(version))
    if (sha256(kept) === version) return kept
    await cache.remove(version)
  }
  const bytes = await firstOf(repositories, live.signal, (repository) => repository.manifest(version, live.signal))
  const digest = sha256(bytes)
  if (!isDigest(version) || digest === version) await cache.add(digest, (file) => writeFile(file, bytes), live.signal)
  return bytes
}
