import type { SettingsDeclaration } from '@banger/core'
import { z } from 'zod'

export interface OciConfig {
  /** Registries (`host[:port]`) that are spoken to over plain HTTP. Those on loopback are anyway. */
  insecure: string[]
  /** By registry: addresses that are asked first, in order. */
  mirrors: Record<string, string[]>
  /** Bytes that all layers of an image may have unpacked. */
  maxUnpacked: number
  /** Absolute paths in layers are taken, which count from the image's root then. */
  absolutePaths: boolean
}

const schema = z
  .strictObject({
    insecure: z.array(z.string().min(1)).default([]),
    mirrors: z.record(z.string(), z.union([z.string().min(1), z.array(z.string().min(1))])).default({}),
    max_unpacked_gib: z.number().positive().default(64),
    absolute_paths: z.boolean().default(false),
  })
  .transform(
    ({ insecure, mirrors, max_unpacked_gib, absolute_paths }): OciConfig => ({
      insecure,
      mirrors: Object.fromEntries(Object.entries(mirrors).map(([registry, list]) => [registry, [list].flat()])),
      maxUnpacked: max_unpacked_gib * 1024 ** 3,
      absolutePaths: absolute_paths,
    }),
  )

/** `[plugins.image-oci]` */
export const settings: SettingsDeclaration<OciConfig> = {
  schema,
  summaries: {
    insecure: 'Registries (host[:port]) that are spoken to over plain HTTP.',
    mirrors: 'By registry: addresses that are asked first, in order.',
    max_unpacked_gib: 'GiB that all layers of an image may have unpacked.',
    absolute_paths: 'Whether absolute paths in layers are taken, from the root of the image, in place of refused.',
  },
}

export const defaultConfig = schema.parse({})
