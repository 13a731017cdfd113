import { type Host, pluginConfig } from '@banger/core'
import { z } from 'zod'

const schema = z.strictObject({
  /** Registries (`host[:port]`) that are spoken to over plain HTTP. Those on loopback are anyway. */
  insecure: z.array(z.string().min(1)).default([]),
  /** By registry: addresses that are asked first, in order. */
  mirrors: z.record(z.string(), z.union([z.string().min(1), z.array(z.string().min(1))])).default({}),
  /** GiB that all layers of an image may have unpacked. */
  max_unpacked_gib: z.number().positive().default(64),
  /** Take absolute paths in layers, which count from the image's root then, in place of refusing them. */
  absolute_paths: z.boolean().default(false),
})

export interface OciConfig {
  insecure: string[]
  mirrors: Record<string, string[]>
  /** Bytes that all layers of an image may have unpacked. */
  maxUnpacked: number
  absolutePaths: boolean
}

/**
 * What `[plugins.image-oci]` says.
 * @throws config.invalid
 */
export function readConfig(host: Host): OciConfig {
  const { insecure, mirrors, max_unpacked_gib, absolute_paths } = pluginConfig(host, 'image-oci', schema)
  return {
    insecure,
    mirrors: Object.fromEntries(Object.entries(mirrors).map(([registry, list]) => [registry, [list].flat()])),
    maxUnpacked: max_unpacked_gib * 1024 ** 3,
    absolutePaths: absolute_paths,
  }
}
