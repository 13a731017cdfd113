import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Names of the plugins that are a part of banger. @param lib folder of the built program */
export async function bundledPlugins(lib: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(lib, 'package.json'), 'utf8')) as { oclif?: { plugins?: string[] } }
  return ['@banger/core', ...(manifest.oclif?.plugins ?? [])]
}
