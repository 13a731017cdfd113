import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { BuildTarget } from './cli.ts'
import { testkitApi } from './public-api.ts'

/**
 * `@banger/plugin-testkit` beside core, so that a plugin's `file:` dependency on the installed banger has both. What it uses of
 * core's insides is bundled; `@banger/core` is the one that the plugin under test is loaded with.
 */
export async function buildTestkit({ root, lib }: BuildTarget): Promise<void> {
  const dir = join(root, 'testkit')
  const target = join(lib, 'node_modules/@banger/plugin-testkit')
  await build({
    entryPoints: ['src/index.ts', 'src/checks.ts', 'src/plugin/load-fresh.ts', 'src/vmm/start-and-die.ts'],
    absWorkingDir: dir,
    outdir: join(target, 'dist'),
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // What bundled CommonJS packages expect to find.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    external: ['@banger/core', 'vitest'],
    keepNames: true,
    logLevel: 'warning',
  })
  const { dependencies: _bundled, files: _all, ...manifest } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'))
  for (const [name, text] of Object.entries(await testkitApi(root))) await writeFile(join(target, 'dist', name), text)
  const exports = {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './checks': { types: './dist/checks.d.ts', default: './dist/checks.js' },
  }
  await writeFile(join(target, 'package.json'), `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`)
}
