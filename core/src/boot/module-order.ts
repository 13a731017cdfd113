import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** What depmod and the kernel's build say about a `/lib/modules/<release>` folder. */
export interface ModuleIndex {
  /** By name: the file, relative to the folder, and the files it needs. */
  modules: Map<string, { path: string; needs: string[] }>
  /** Names that are part of the kernel itself. */
  builtin: Set<string>
  /** By name: what to load before it where there is such a thing (names or aliases). */
  before: Map<string, string[]>
  /** Names by alias; aliases with wildcards are left out. */
  aliases: Map<string, string[]>
}

/** The texts of a folder's `modules.*` files. */
export interface ModuleTexts {
  dep: string
  builtin: string
  softdep: string
  alias: string
}

/** Reads a `/lib/modules/<release>` folder; files that are not there count as empty. */
export async function readModuleIndex(folder: string): Promise<ModuleIndex> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '')
  const [dep, builtin, softdep, alias] = await Promise.all(
    ['modules.dep', 'modules.builtin', 'modules.softdep', 'modules.alias'].map(read),
  )
  return parseModuleIndex({ dep: dep ?? '', builtin: builtin ?? '', softdep: softdep ?? '', alias: alias ?? '' })
}

/** Parses the texts that depmod writes (modules.dep(5), depmod.d(5)); lines it does not know are passed over. */
export function parseModuleIndex(texts: ModuleTexts): ModuleIndex {
  const index: ModuleIndex = { modules: new Map(), builtin: new Set(), before: new Map(), aliases: new Map() }
  for (const line of texts.dep.split('\n')) {
    const [path, needs] = line.split(/:\s*/)
    if (path && needs !== undefined) index.modules.set(moduleName(path), { path, needs: words(needs) })
  }
  for (const line of words(texts.builtin)) index.builtin.add(moduleName(line))
  for (const line of texts.softdep.split('\n')) {
    const [keyword, name, ...rest] = words(line)
    const start = rest.indexOf('pre:')
    if (keyword !== 'softdep' || !name || start < 0) continue
    const end = rest.indexOf('post:', start)
    index.before.set(moduleName(name), rest.slice(start + 1, end < 0 ? undefined : end))
  }
  for (const line of texts.alias.split('\n')) {
    const [keyword, alias, name] = words(line)
    if (keyword !== 'alias' || !alias || !name || /[*?[]/.test(alias)) continue
    const key = moduleName(alias)
    index.aliases.set(key, [...(index.aliases.get(key) ?? []), moduleName(name)])
  }
  return index
}

/**
 * The files to load, in order, for the wanted modules to work: everything a module needs comes before it.
 * @param wanted names, hyphen or underscore
 * @returns `paths` relative to the index's folder, and the wanted names that are neither a module nor built in
 */
export function orderModules(index: ModuleIndex, wanted: readonly string[]): { paths: string[]; missing: string[] } {
  const paths = new Set<string>()
  const visited = new Set<string>()

  const visit = (name: string): boolean => {
    const module = index.modules.get(name)
    if (!module) return index.builtin.has(name)
    // Also ends a circle of soft dependencies.
    if (visited.has(name)) return true
    visited.add(name)
    for (const before of index.before.get(name) ?? []) {
      for (const resolved of index.modules.has(moduleName(before))
        ? [moduleName(before)]
        : (index.aliases.get(moduleName(before)) ?? []))
        visit(resolved)
    }
    // modules.dep names the one to load first last.
    for (const need of module.needs.toReversed()) visit(moduleName(need))
    paths.add(module.path)
    return true
  }

  const missing = wanted.filter((name) => !visit(moduleName(name)))
  return { paths: [...paths], missing }
}

/** `kernel/drivers/char/hw_random/virtio-rng.ko.xz` → `virtio_rng`: the kernel makes no difference between `-` and `_`. */
export function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_')
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
