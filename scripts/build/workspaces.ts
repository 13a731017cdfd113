import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One workspace of the repository that becomes an oclif plugin of the built CLI: core itself, or a plugin. */
export interface Workspace {
  /** Absolute. */
  dir: string
  name: string
  manifest: PackageJson
  /** Command id (`vm:list`) to its source file, absolute. */
  commands: Map<string, string>
  /** The source of its `banger:extend` hook. */
  extend?: string
  /** Sources of programs that it runs beside the daemon, absolute: `src/programs/<name>.ts` becomes `dist/programs/<name>.js`. */
  programs: string[]
}

export interface PackageJson {
  name: string
  version: string
  description?: string
  oclif?: { commands?: unknown; topics?: unknown; hooks?: Record<string, unknown> } & Record<string, unknown>
}

/** core and the plugins, by name. A folder without a package.json is no plugin yet. */
export function readWorkspaces(root: string): { core: Workspace; plugins: Workspace[] } {
  const plugins = globSync('plugins/*/package.json', { cwd: root })
    .map((file) => readWorkspace(join(root, file, '..')))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return { core: readWorkspace(join(root, 'core')), plugins }
}

function readWorkspace(dir: string): Workspace {
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as PackageJson
  const extend = join(dir, 'src/extend.ts')
  return {
    dir,
    name: manifest.name,
    manifest,
    commands: findCommands(join(dir, 'src/commands')),
    programs: globSync('src/programs/*.ts', { cwd: dir }).map((file) => join(dir, file)),
    ...(existsSync(extend) ? { extend } : {}),
  }
}

/** The folder is the command tree. A file without a class as its default export is a helper, no command. */
function findCommands(dir: string): Map<string, string> {
  const files = globSync('**/*.ts', { cwd: dir }).sort()
  const commands = files.filter((file) => /^export default class /m.test(readFileSync(join(dir, file), 'utf8')))
  return new Map(commands.map((file) => [file.replace(/(\/index)?\.ts$/, '').replaceAll('/', ':'), join(dir, file)]))
}
