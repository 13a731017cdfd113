import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail, type Host, pluginConfig } from '@banger/core'
import { z } from 'zod'

const schema = z.strictObject({ catalogs: z.array(z.string().min(1)).default([]) })

/**
 * The addresses of the catalogs that the user configured: `[plugins.kernel-catalog]`, `catalogs = ["https://…", "/path/index.json"]`.
 * A path may begin with `~/`; other relative ones are relative to the configuration's folder.
 * @throws config.invalid
 */
export function configuredCatalogs(host: Host): URL[] {
  const { catalogs } = pluginConfig(host, 'kernel-catalog', schema)
  return catalogs.map((place) => {
    if (!/^[a-z][a-z0-9+.-]*:/i.test(place)) return pathToFileURL(resolve(host.dirs.config, place.replace(/^~(?=\/)/, homedir())))
    if (URL.canParse(place)) return new URL(place)
    throw fail('config.invalid', {
      file: join(host.dirs.config, 'config.toml'),
      reason: `plugins.kernel-catalog.catalogs: "${place}" is no address`,
    })
  })
}
