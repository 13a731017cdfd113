import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolvePaths } from '../store/paths.ts'

/** Whether the user installed plugins of their own: they may hook into every command, so oclif must know them. */
export function hasUserPlugins(env: NodeJS.ProcessEnv): boolean {
  const folder = env.BANGER_DATA_DIR || resolvePaths(env).data
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { oclif?: { plugins?: unknown[] } }
    return (manifest.oclif?.plugins?.length ?? 0) > 0
  } catch (error) {
    // A file that is there but cannot be read is oclif's to complain about.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
  }
}
