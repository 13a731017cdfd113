import { BangerError, fail, type Host, type ImageSource, isError, type ResolvedImage, type ResolveOptions } from '@banger/core'
import { BlobCache } from '../blobs/blob-cache.ts'
import type { Live } from '../blobs/blobs.ts'
import { TagCache } from '../blobs/tag-cache.ts'
import { defaultConfig, type OciConfig } from '../config.ts'
import { type Platform, wantedPlatform } from '../manifest/platform.ts'
import { type FoundManifest, resolveManifest } from '../manifest/resolve-manifest.ts'
import { imageName } from '../reference/image-name.ts'
import { formatReference, parseReference, type Reference } from '../reference/parse-reference.ts'
import { endpointsOf } from '../registry/endpoints.ts'
import { defaultLimits, type Limits } from '../registry/limits.ts'
import { openRepository } from '../registry/repository.ts'
import { cacheOrigin } from './cache-origin.ts'
import { describeImage, refusing } from './describe-image.ts'
import type { Origin } from './origin.ts'
import { registryOrigin } from './registry-origin.ts'

const advice =
  'Write it in lower case, like docker.io/library/debian:bookworm, localhost:5000/team/box or registry.lan/box@sha256:<64 digits>'

/** `oci:<reference>`, or a reference as Docker and podman take it: images of registries. */
export function registrySource(host: Host, settings = defaultConfig, limits: Limits = defaultLimits): ImageSource {
  const kept = { cache: new BlobCache(host.dirs.cache), tags: new TagCache(host.dirs.cache) }
  return {
    scheme: 'oci',
    summary: '<registry>/<repository>:<tag> or @<digest> (as docker.io/library/debian:bookworm), any container image',
    takes: ['platform', 'insecure', 'offline'],
    cachedFiles: async () => [...(await kept.cache.files()), ...(await kept.tags.files())],
    async resolve(ref, options) {
      const reference = parseReference(ref.replace(/^(docker:)?\/\//, ''))
      if (!reference && options.named)
        throw fail('image.reference', { ref: `oci:${ref}`, reason: 'it is no reference of a container image', advice })
      return reference && resolve({ host, settings, limits, ...kept }, reference, options)
    },
  }
}

interface Means {
  host: Host
  settings: OciConfig
  limits: Limits
  cache: BlobCache
  tags: TagCache
}

async function resolve(means: Means, reference: Reference, options: ResolveOptions): Promise<ResolvedImage> {
  const image = formatReference(reference)
  const { settings } = means
  const wanted = { ...means, image, reference, platform: wantedPlatform(options.platform, means.host.arch) }
  const offline = cacheOrigin(image, means)
  if (options.offline) return find(offline, wanted, options)
  const trusting = options.insecure ? { ...settings, insecure: [...settings.insecure, reference.registry] } : settings
  const repositories = endpointsOf(reference, trusting).map((endpoint) =>
    openRepository(means.host, endpoint, trusting, means.limits),
  )
  try {
    return await find(registryOrigin(image, repositories, means), wanted, options)
  } catch (error) {
    const silent = { ...options, progress: () => undefined }
    const isHere = isError(error, 'registry.failed') && (await isFound(find(offline, wanted, silent)))
    throw isHere ? withAdvice(error, `Or take what it was when it was last looked up, which is cached: add --offline`) : error
  }
}

interface Wanted extends Means {
  image: string
  reference: Reference
  platform: Platform
}

function find(origin: Origin, wanted: Wanted, live: Live): Promise<ResolvedImage> {
  const { image, reference, settings, platform } = wanted
  return refusing(image, async () => {
    const version = reference.digest ?? reference.tag ?? 'latest'
    const step = { id: 'manifest', message: `Looking up ${image}` }
    live.progress({ ...step, state: 'running' })
    const found = await resolveManifest((one) => origin.document(one, live), version, { platform, image })
    live.progress({ ...step, state: 'done' })
    await origin.check?.(found.manifest)
    const name = imageName(reference.repository, reference.tag ?? reference.digest)
    const described = await describeImage({ ...found, name, platform, image, blobs: origin.blobs }, settings, live)
    return { ...described, ref: image, cached: cachedFiles(found, wanted) }
  })
}

function cachedFiles({ documents, manifest }: FoundManifest, { image, reference, cache, tags }: Wanted): string[] {
  const digests = [...documents, manifest.config.digest, ...manifest.layers.map(({ digest }) => digest)]
  const tag = reference.digest ? [] : [tags.path(image)]
  return [...new Set(digests.map((digest) => cache.path(digest))), ...tag]
}

async function isFound(looking: Promise<unknown>): Promise<boolean> {
  return looking.then(
    () => true,
    () => false,
  )
}

function withAdvice(error: BangerError, advice: string): BangerError {
  return new BangerError({ ...error.toJSON(), status: error.status, hint: `${error.hint ?? ''}\n${advice}`.trim(), cause: error })
}
