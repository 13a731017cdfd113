import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type BangerError, fail } from '../../errors.ts'
import type { PluginInfo } from '../../protocol/model.ts'

/** The fields of a plugin's package.json that banger reads. */
export interface PluginPackage {
  name?: string
  version?: string
  engines?: { node?: string }
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
  oclif?: { plugins?: string[]; hooks?: Record<string, unknown> }
}

export interface FoundPlugin extends Pick<PluginInfo, 'name' | 'version' | 'origin'> {
  /** Its folder. */
  root: string
  manifest: PluginPackage
  /** Why it cannot be loaded. */
  problem?: string
}

interface Place extends Pick<FoundPlugin, 'name' | 'origin'> {
  root: string | undefined
}

/**
 * The plugins that oclif finds, found without running anything of them: those that the program's package.json lists, those that
 * the user linked or installed (`<data>/package.json`, as @oclif/plugin-plugins keeps it), and those that these list themselves.
 * @param root folder of the program's package.json
 * @param data oclif's data folder
 */
export async function findPlugins(root: string, data: string): Promise<{ plugins: FoundPlugin[]; problems: BangerError[] }> {
  const program = (await readJson(join(root, 'package.json'))) as PluginPackage
  const problems: BangerError[] = []
  const own = await ownPlaces(data).catch((error: Error) => {
    problems.push(fail('plugin.list', { file: join(data, 'package.json'), reason: error.message }, error))
    return []
  })
  const plugins = await Promise.all([...childPlaces(program, root, 'bundled'), ...own].map(readWithChildren))
  return { plugins: plugins.flat(), problems }
}

/** The folder of the package that `from` finds by that name, as Node looks for it. */
export function packageFolder(name: string, from: string): string | undefined {
  for (let dir = from; ; dir = dirname(dir)) {
    const folder = join(dir, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dir === dirname(dir)) return undefined
  }
}

async function ownPlaces(data: string): Promise<Place[]> {
  const file = join(data, 'package.json')
  if (!existsSync(file)) return []
  const list = ((await readJson(file)) as { oclif?: { plugins?: unknown } }).oclif?.plugins ?? []
  if (!Array.isArray(list)) throw new Error('oclif.plugins is no list')
  const entries = list as { name?: unknown; type?: unknown; root?: unknown }[]
  if (!entries.every((entry) => typeof entry?.name === 'string')) throw new Error('oclif.plugins has an entry without a name')
  // Linked ones first: who links a plugin is at work on it.
  return ['link', 'user'].flatMap((type) =>
    entries
      .filter((entry) => entry.type === type)
      .map(({ name, root }) => ({
        name: String(name),
        origin: type === 'link' ? ('linked' as const) : ('installed' as const),
        root: typeof root === 'string' ? root : join(data, 'node_modules', String(name)),
      })),
  )
}

function childPlaces({ oclif, dependencies }: PluginPackage, root: string, origin: Place['origin']): Place[] {
  const names = Array.isArray(oclif?.plugins) ? oclif.plugins : []
  return names
    .filter((name) => dependencies && name in dependencies)
    .map((name) => ({ name, origin, root: packageFolder(name, root) }))
}

async function readWithChildren(place: Place): Promise<FoundPlugin[]> {
  const plugin = await read(place)
  const children = plugin.problem ? [] : childPlaces(plugin.manifest, plugin.root, plugin.origin)
  return [plugin, ...(await Promise.all(children.map(readWithChildren))).flat()]
}

async function read({ name, origin, root }: Place): Promise<FoundPlugin> {
  const unread = { name, version: '', origin, root: root ?? '', manifest: {} }
  if (root === undefined) return { ...unread, problem: 'it is not installed' }
  try {
    const manifest = (await readJson(join(root, 'package.json'))) as PluginPackage
    const found = { ...unread, name: manifest.name ?? name, version: manifest.version ?? '', manifest }
    return manifest.oclif ? found : { ...found, problem: 'it is no plugin: its package.json has no "oclif"' }
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const reason = error instanceof Error ? error.message : String(error)
    return { ...unread, problem: missing ? `there is no package.json in ${root}` : `its package.json cannot be read: ${reason}` }
  }
}

async function readJson(file: string): Promise<object> {
  const value: unknown = JSON.parse(await readFile(file, 'utf8'))
  if (typeof value !== 'object' || value === null) throw new Error('it holds no object')
  return value
}
