import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** What is known of a command without loading it. */
export interface CommandSpec {
  /** `vm:list` */
  id: string
  /** One line. */
  summary: string
  args: ArgSpec[]
  flags: FlagSpec[]
  /** False: further words are taken like the last argument. */
  strict: boolean
  /** What an argument or flag completes to where its name does not say it: `static completes` of a command. */
  completes: Record<string, string>
}

export interface ArgSpec {
  name: string
  summary: string
  multiple: boolean
  options?: string[]
}

export interface FlagSpec extends ArgSpec {
  char?: string
  /** Whether a value follows. */
  takesValue: boolean
  /** What help calls the value: `<file>`. */
  value?: string
  /** Whether `--no-…` is there, too. */
  allowNo: boolean
  /** Flags that it does not go with. */
  exclusive: string[]
}

export interface CommandTree {
  commands: Map<string, CommandSpec>
  /** Summaries by id, `vm:session`. */
  topics: Map<string, string>
}

/**
 * Every command and topic, as the manifests of banger and of the user's plugins tell them; no plugin's code is loaded.
 * @param lib absolute path of the folder that holds the built program
 * @param data oclif's data folder
 */
export function readCommandTree(lib: string, data: string): CommandTree {
  const tree: CommandTree = { commands: new Map(), topics: new Map() }
  const { plugins = [] } = readPackage(lib).oclif ?? {}
  const bundled = plugins.map((name) => join(lib, 'node_modules', String(name)))
  // banger's own come first: a plugin's command never takes the place of one of them.
  for (const dir of [lib, ...bundled, ...userPlugins(data).map(({ dir }) => dir)]) addPlugin(tree, dir)
  for (const id of tree.commands.keys()) {
    for (const topic of topicsOf(id)) if (!tree.topics.has(topic)) tree.topics.set(topic, '')
  }
  return tree
}

/** The plugins that the user has installed or linked, as oclif's data folder lists them. */
export function userPlugins(data: string): { name: string; dir: string }[] {
  const { plugins = [] } = readPackage(data).oclif ?? {}
  return plugins.flatMap((plugin) => {
    if (typeof plugin !== 'object' || typeof plugin.name !== 'string') return []
    const { name, root } = plugin
    return [{ name, dir: root ?? join(data, 'node_modules', name) }]
  })
}

/** What stands below a topic (`''` is all of banger): commands and topics, by id. */
export function childrenOf({ commands, topics }: CommandTree, topic: string): Map<string, string> {
  const depth = topic === '' ? 1 : topic.split(':').length + 1
  const below = (id: string): boolean => id.split(':').length === depth && (topic === '' || id.startsWith(`${topic}:`))
  const children = new Map([...topics].filter(([id]) => below(id)))
  for (const { id, summary } of commands.values()) if (below(id)) children.set(id, children.get(id) || summary)
  return children
}

interface Package {
  oclif?: {
    commands?: string | { target?: string }
    plugins?: (string | { name?: string; root?: string })[]
    topics?: Record<string, { description?: string; hidden?: boolean }>
  }
}

/** A command as oclif.manifest.json has it. */
interface ManifestCommand {
  id: string
  summary?: string
  description?: string
  hidden?: boolean
  strict?: boolean
  args?: Record<string, ManifestPart>
  flags?: Record<
    string,
    ManifestPart & { char?: string; type?: string; helpValue?: string; allowNo?: boolean; exclusive?: string[] }
  >
  completes?: Record<string, string>
}

interface ManifestPart {
  summary?: string
  description?: string
  hidden?: boolean
  multiple?: boolean
  options?: string[]
}

function addPlugin(tree: CommandTree, dir: string): void {
  const { topics = {}, commands } = readPackage(dir).oclif ?? {}
  for (const [id, { description = '', hidden }] of Object.entries(topics)) {
    if (!hidden && !tree.topics.has(id)) tree.topics.set(id, description)
  }
  const manifest = readJson(join(dir, 'oclif.manifest.json')) as { commands?: Record<string, ManifestCommand> } | undefined
  const found = manifest ? Object.values(manifest.commands ?? {}) : commandFiles(dir, commands)
  for (const command of found) {
    if (!command.hidden && !tree.commands.has(command.id)) tree.commands.set(command.id, specOf(command))
  }
}

/** The commands of a linked plugin that has no manifest yet, by their files. */
function commandFiles(dir: string, commands: string | { target?: string } | undefined): ManifestCommand[] {
  const folder = typeof commands === 'string' ? commands : commands?.target
  if (folder === undefined || !existsSync(join(dir, folder))) return []
  const files = globSync('**/*.{js,cjs,mjs}', { cwd: realpathSync(join(dir, folder)) })
  return files.map((file) => ({ id: file.replace(/(\/index)?\.[cm]?js$/, '').replaceAll('/', ':'), strict: false }))
}

function specOf({ id, args = {}, flags = {}, ...command }: ManifestCommand): CommandSpec {
  const shown = <T extends ManifestPart>(parts: Record<string, T>) => Object.entries(parts).filter(([, { hidden }]) => !hidden)
  return {
    id,
    summary: firstLine(command),
    args: shown(args).map(([name, arg]) => partOf(name, arg)),
    flags: shown(flags).map(([name, flag]) => ({
      ...partOf(name, flag),
      ...(flag.char ? { char: flag.char } : {}),
      takesValue: flag.type === 'option',
      ...(typeof flag.helpValue === 'string' ? { value: flag.helpValue } : {}),
      allowNo: flag.allowNo ?? false,
      exclusive: flag.exclusive ?? [],
    })),
    strict: command.strict ?? true,
    completes: command.completes ?? {},
  }
}

function partOf(name: string, part: ManifestPart): ArgSpec {
  return {
    name,
    summary: firstLine(part),
    multiple: part.multiple ?? false,
    ...(part.options ? { options: part.options } : {}),
  }
}

function firstLine({ summary, description = '' }: ManifestPart): string {
  return (summary ?? description).split('\n', 1)[0] ?? ''
}

/** `vm`, `vm:session` for `vm:session:list`. */
function topicsOf(id: string): string[] {
  const words = id.split(':')
  return words.slice(1).map((_, index) => words.slice(0, index + 1).join(':'))
}

function readPackage(dir: string): Package {
  return (readJson(join(dir, 'package.json')) ?? {}) as Package
}

/** undefined for a file that is not there or cannot be read: what is broken is told elsewhere. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
