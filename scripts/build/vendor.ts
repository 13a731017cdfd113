import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { commonJs } from './common-js.ts'

/**
 * Packages that few command lines need, each in a file of its own: every command reads main.cjs as a whole, so what
 * is not in it costs nothing.
 */
const rare = [
  'cli-spinners',
  'debug',
  'ejs',
  'execa',
  'minimatch',
  'npm-package-arg',
  'semver',
  'ssh2',
  'tar-stream',
  'tinyglobby',
]

/** How a package is taken from its file; `debug` prints nothing unless its variable is set. */
const stubs: Record<string, string> = {
  debug: `module.exports = process.env.DEBUG ? require('./vendor/debug.cjs') : () => Object.assign(() => {}, { enabled: false })`,
}

/** esbuild plugin: lets the bundle load those packages from `vendor/`. */
export const vendorRarePackages: Plugin = {
  name: 'vendor-rare-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${rare.join('|')})$`) }, ({ path }) => ({ path, namespace: 'vendor' }))
    onResolve({ filter: /^\.\/vendor\//, namespace: 'vendor' }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /.*/, namespace: 'vendor' }, ({ path }) => ({
      contents: stubs[path] ?? `module.exports = require('./vendor/${path}.cjs')`,
    }))
  },
}

/** Writes `vendor/*.cjs`. */
export async function buildVendor(root: string, lib: string): Promise<void> {
  await build({
    entryPoints: rare.map((name) => ({ in: name, out: name })),
    absWorkingDir: join(root, 'core'),
    outdir: join(lib, 'vendor'),
    outExtension: { '.js': '.cjs' },
    ...commonJs,
    external: ['cpu-features', '*.node'],
    minifyWhitespace: true,
  })
}
