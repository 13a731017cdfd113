import { join } from 'node:path'
import { build } from 'esbuild'
import { commonJs } from './common-js.ts'
import { deferRequires } from './defer-requires.ts'
import { buildVendor, vendorRarePackages } from './vendor.ts'
import type { Workspace } from './workspaces.ts'

export interface BuildTarget {
  /** Root of the repository. */
  root: string
  /** The folder being made: what becomes build/lib/banger. */
  lib: string
  version: string
  /** What the whole is, in one line. */
  description: string
}

/** The CLI: a small entry, what answers shells' completion, and one bundle in which each command is loaded when it is run. */
export async function buildCli({ root, lib, version }: BuildTarget, workspaces: Workspace[]): Promise<void> {
  await buildVendor(root, lib)
  await build({
    ...commonJs,
    entryPoints: [join(root, 'core/bin/banger.ts')],
    outfile: join(lib, 'banger.cjs'),
    define: { ...commonJs.define, BANGER_VERSION: JSON.stringify(version) },
  })
  await build({
    ...commonJs,
    entryPoints: [join(root, 'core/src/completion/main.ts')],
    outfile: join(lib, 'complete.cjs'),
    minifyWhitespace: true,
  })
  await build({
    ...commonJs,
    stdin: { contents: mainSource(root, workspaces), resolveDir: root, sourcefile: 'main.js' },
    outfile: join(lib, 'main.cjs'),
    plugins: [vendorRarePackages, deferRequires],
    // Only used on sources in TypeScript, and on native speed-ups that ssh2 does without.
    external: ['typescript', 'ts-node', 'cpu-features', '*.node'],
    keepNames: true,
    minifyWhitespace: true,
  })
}

/** Everything the entry and oclif ask of the bundle: `run`, the commands by plugin, and what plugins' commands import. */
function mainSource(root: string, workspaces: Workspace[]): string {
  const tables = workspaces.map(({ name, commands }) => {
    const getters = [...commands].map(
      ([id, file]) => `    get ${JSON.stringify(id)}() { return require(${JSON.stringify(file)}).default },`,
    )
    return `  ${JSON.stringify(name)}: {\n${getters.join('\n')}\n  },`
  })
  return `
import { runCli } from ${JSON.stringify(join(root, 'core/src/cli/main.ts'))}
export const commands = {
${tables.join('\n')}
}
export const run = (options) => runCli({ ...options, commands })
export const helpClass = () => require(${JSON.stringify(join(root, 'core/src/cli/help.ts'))}).default
export const commandApi = () => require(${JSON.stringify(join(root, 'core/src/commands/base.ts'))})
`
}
