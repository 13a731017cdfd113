import { basename, join } from 'node:path'
import { build } from 'esbuild'
import type { BuildTarget } from './cli.ts'
import type { Workspace } from './workspaces.ts'

/**
 * The daemon, `@banger/core` as its plugins get it, the plugins' `banger:extend` hooks and programs: ES modules that share their chunks, so that the
 * daemon's process holds one copy of core whoever imports it.
 */
export async function buildDaemon({ root, lib, version }: BuildTarget, plugins: Workspace[]): Promise<void> {
  const entries = [
    { in: join(root, 'core/bin/bangerd.ts'), out: 'daemon' },
    { in: join(root, 'core/src/index.ts'), out: 'api/index' },
    ...plugins.flatMap(({ name, extend, programs }) => [
      ...(extend ? [{ in: extend, out: `node_modules/${name}/dist/extend` }] : []),
      ...programs.map((file) => ({ in: file, out: `node_modules/${name}/dist/programs/${basename(file, '.ts')}` })),
    ]),
  ]
  await build({
    entryPoints: entries,
    outdir: lib,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    define: { BANGER_VERSION: JSON.stringify(version), __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    // What bundled CommonJS packages expect to find.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname; const __filename = import.meta.filename;",
    },
    external: ['typescript', 'ts-node', 'cpu-features', '*.node'],
    keepNames: true,
    logLevel: 'warning',
  })
}
