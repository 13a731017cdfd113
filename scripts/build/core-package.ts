import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import type { BuildTarget } from './cli.ts'
import { commonJs } from './common-js.ts'
import { deferRequires } from './defer-requires.ts'
import { publicApi } from './public-api.ts'

/**
 * Makes `node_modules/@banger/core` a package that plugins are developed against, which needs nothing beside it: `npm install file:…`
 * and `npm pack` work, and TypeScript finds all types in it. The program itself gives plugins its own copy (`writeApi`).
 */
export async function writeCorePackage({ root, lib, version }: BuildTarget): Promise<void> {
  const dir = join(lib, 'node_modules/@banger/core')
  const { description, engines } = (await readJson(join(root, 'core/package.json'))) as { description: string; engines: object }
  const dependencies: Record<string, string> = {}
  for (const name of typesOf)
    dependencies[name] = await copyTypes(join(root, 'node_modules', name), join(dir, 'node_modules', name))
  const declarations = await publicApi(root)
  for (const [name, text] of Object.entries(declarations)) await write(join(dir, 'dist', name), text)
  await buildCode(root, join(dir, 'dist'), version)
  await writeJson(join(dir, 'package.json'), {
    name: '@banger/core',
    version,
    description,
    type: 'module',
    engines,
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './command': { types: './dist/command.d.ts', default: './dist/command.js' },
    },
    files: ['dist'],
    dependencies,
    bundleDependencies: typesOf,
    peerDependencies: { '@types/node': '>=22' },
    peerDependenciesMeta: { '@types/node': { optional: true } },
  })
}

/** `api/` of the program: what `@banger/core` and `@banger/core/command` are to the plugins that it runs (boot/share-core.ts). */
export async function writeApi(lib: string): Promise<void> {
  const { commandApi } = createRequire(import.meta.url)(join(lib, 'main.cjs')) as { commandApi(): object }
  await write(join(lib, 'api/command.js'), reexport("require('../main.cjs').commandApi()", commandApi()))
}

async function buildCode(root: string, dist: string, version: string): Promise<void> {
  const define = { BANGER_VERSION: JSON.stringify(version) }
  await build({
    entryPoints: [join(root, 'core/src/index.ts')],
    outfile: join(dist, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    define,
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  await build({
    ...commonJs,
    entryPoints: [join(root, 'core/src/commands/base.ts')],
    outfile: join(dist, 'command.cjs'),
    define: { ...commonJs.define, ...define },
    plugins: [deferRequires],
    external: ['typescript', 'ts-node'],
    keepNames: true,
    minifyWhitespace: true,
  })
  const api = createRequire(import.meta.url)(join(dist, 'command.cjs')) as object
  await write(join(dist, 'command.js'), reexport("require('./command.cjs')", api))
}

/** An ES module of what a CommonJS one exports: Node itself finds the names of only some. */
function reexport(expression: string, api: object): string {
  return `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
export const { ${Object.keys(api).sort().join(', ')} } = ${expression}
`
}

/** The packages whose types core's own mention. They come with it, without code, since a plugin may not have them. */
const typesOf = ['@oclif/core', 'tapable']

/** @returns the package's version */
async function copyTypes(from: string, to: string): Promise<string> {
  const { name, version, license, types, exports } = (await readJson(join(from, 'package.json'))) as Record<string, string>
  await cp(from, to, {
    recursive: true,
    filter: (path) => !path.endsWith('node_modules') && (!/\.\w+$/.test(path) || path.endsWith('.d.ts')),
  })
  await writeJson(join(to, 'package.json'), { name, version, description: 'The types alone', license, types, exports })
  return version ?? ''
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'))
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await write(file, `${JSON.stringify(value, null, 2)}\n`)
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
