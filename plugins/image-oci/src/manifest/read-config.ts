import type { ImageConfig } from '@banger/core'
import { z } from 'zod'
import type { Platform } from './platform.ts'
import { read, readJson } from './read-manifest.ts'

const strings = z.array(z.string()).nullish()
const format = z.object({
  architecture: z.string().nullish(),
  os: z.string().nullish(),
  config: z
    .object({
      Env: strings,
      User: z.string().nullish(),
      WorkingDir: z.string().nullish(),
      Entrypoint: strings,
      Cmd: strings,
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be a sha256 digest')).nullish() }),
})

/**
 * Reads an image's config (https://github.com/opencontainers/image-spec/blob/main/config.md).
 * @param wanted what it must be made for
 * @returns what core keeps of it, and the digests of the layers unpacked
 * @throws Error with a message for people
 */
export function readConfig(bytes: Buffer, wanted: Platform): { config: ImageConfig; diffIds: string[] } {
  const { architecture, os, config, rootfs } = read(format, readJson(bytes))
  if (os && os !== wanted.os) throw new Error(`it is made for ${os}`)
  if (architecture && architecture !== wanted.architecture)
    throw new Error(`it is made for ${architecture}, not for ${wanted.architecture}`)
  return {
    diffIds: rootfs.diff_ids ?? [],
    config: {
      ...(config?.Env?.length ? { env: config.Env } : {}),
      ...(config?.User ? { user: config.User } : {}),
      ...(config?.WorkingDir ? { workingDir: config.WorkingDir } : {}),
      ...(config?.Entrypoint?.length ? { entrypoint: config.Entrypoint } : {}),
      ...(config?.Cmd?.length ? { cmd: config.Cmd } : {}),
      ...(config?.Labels ? { labels: config.Labels } : {}),
    },
  }
}
