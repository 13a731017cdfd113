import { join } from 'node:path'
import type { Host } from '@banger/core'
import { testHost } from '@banger/plugin-testkit'

/** A host with its folders below `folder`; programs are found in `folder`/bin alone. @param config the plugin's table */
export function hostIn(folder: string, config: Record<string, unknown> = {}): Host {
  const dirs = { config: join(folder, 'config'), state: folder, cache: join(folder, 'cache'), data: folder, runtime: folder }
  const host = testHost({ folder, settings: { 'image-oci': config }, change: { arch: 'x64', dirs } })
  return { ...host, run: (program, ...rest) => host.run(join(folder, 'bin', program), ...rest) }
}
