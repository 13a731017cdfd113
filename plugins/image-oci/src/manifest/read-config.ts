import type { ImageConfig } from '@banger/core'
import { z } from 'zod'
import { architectureOf } from './choose-platform.ts'
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
 * @param arch of this machine: `x64`, `arm64`
 * @returns what core keeps of it, and the digests of the layers unpacked
 * @throws Error with a message for people
 */
export function readConfig(bytes: Buffer, arch: string): { config: ImageConfig; diffIds: string[] } {
  const { architecture, os, config, rootfs } = read(format, readJson(bytes))
  if (os && os !== 'linux') throw new Error(`it is made for ${os}`)
  if (architecture && architecture !== architectureOf(arch))
    throw new Error(`it is made for ${architecture}; this machine is ${architectureOf(arch)}`)
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
