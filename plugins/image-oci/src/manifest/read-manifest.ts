import { z } from 'zod'
import { configTypes } from './media-types.ts'

/** Layers that an image has at most; overlayfs and others stop at 128. */
const mostLayers = 500

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a sha256 digest')
const descriptor = z.object({ mediaType: z.string().default(''), digest, size: z.int().nonnegative() })
const platform = z.object({ architecture: z.string().default(''), os: z.string().default(''), variant: z.string().optional() })
const indexEntry = descriptor.extend({
  platform: platform.nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
})
const index = z.object({ manifests: z.array(indexEntry).max(10_000) })
const manifest = z.object({ config: descriptor, layers: z.array(descriptor).max(mostLayers) })

export type Descriptor = z.infer<typeof descriptor>
export type IndexEntry = z.infer<typeof indexEntry>
export type Manifest = z.infer<typeof manifest>

/**
 * Reads a manifest or an index, of OCI or of Docker's schema 2. What it is follows from its fields: layouts and registries are
 * careless with media types.
 * @throws Error with a message for people
 */
export function readManifest(bytes: Buffer): { index: IndexEntry[] } | { manifest: Manifest } {
  const data = readJson(bytes)
  if (typeof data !== 'object' || data === null) throw new Error('its manifest is not an object')
  if ('schemaVersion' in data && data.schemaVersion === 1)
    throw new Error("it is in Docker's schema 1, which is out of use since 2017: push it again with a current tool")
  if ('manifests' in data) return { index: read(index, data).manifests }
  const found = read(manifest, data)
  if (found.config.mediaType && !configTypes.includes(found.config.mediaType))
    throw new Error(`it holds no container image, but ${found.config.mediaType}`)
  const encrypted = found.layers.find(({ mediaType }) => mediaType.endsWith('+encrypted'))
  if (encrypted) throw new Error('its layers are encrypted')
  return { manifest: found }
}

/** @throws Error with a message for people */
export function readJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8')
  if (/^\s*</.test(text)) throw new Error('a web page is where its manifest belongs')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error('its manifest is not JSON', { cause: error })
  }
}

/** @throws Error with a message for people, which names the field */
export function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Error(`its manifest is not valid: ${issue?.path.join('.')}: ${issue?.message}`)
}
