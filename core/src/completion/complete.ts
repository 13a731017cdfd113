import { type ArgSpec, type CommandSpec, type CommandTree, childrenOf, type FlagSpec } from '../cli/command-tree.ts'
import { type Cursor, findCursor } from './cursor.ts'

export interface Candidate {
  /** No space follows one that ends in `:` or `=`. */
  value: string
  summary: string
}

export interface Completion {
  candidates: Candidate[]
  /** What the shell adds from the disk. */
  paths?: 'files' | 'folders'
  /** What of the word stands before the candidates: `--image=`. */
  joined: string
}

/** Names that only the running system knows. */
export type NameKind = (typeof nameKinds)[number]
const nameKinds = ['vm', 'image', 'kernel', 'session', 'plugin', 'vmm', 'network'] as const

/** @param vm the VM whose sessions are meant. Never rejects: what cannot be known is an empty list. */
export type ListNames = (kind: NameKind, vm?: string) => Promise<Candidate[]>

/**
 * What may stand at the cursor.
 * @param words without the program's name; the last one is being written, up to the cursor, and may be empty
 */
export async function complete(tree: CommandTree, words: string[], names: ListNames): Promise<Completion> {
  const current = words.at(-1) ?? ''
  const cursor = findCursor(tree, words.slice(0, -1), current)
  const none = { candidates: [], joined: '' }
  switch (cursor.at) {
    case 'topic':
      return { ...none, candidates: current.startsWith('-') ? rootFlags(cursor.topic) : childWords(tree, cursor.topic) }
    case 'flag':
      return { ...none, candidates: flagsOf(cursor.command, cursor.given) }
    case 'value':
      return { ...none, joined: cursor.joined, ...(await valuesOf(cursor.flag, cursor.command, cursor.args, names)) }
    case 'arg':
      // A path in a guest: nobody can list that quickly, and this host's files are others.
      if (completesTo(cursor.arg, cursor.command) === 'vm:path' && /^[^/:]+:/.test(current)) return none
      return { ...none, ...(await argument(cursor, names, tree)) }
    case 'guest':
      return { ...none, paths: 'files' }
    case 'nothing':
      return none
  }
}

async function argument(
  cursor: Cursor & { at: 'arg' },
  names: ListNames,
  tree: CommandTree,
): Promise<Omit<Completion, 'joined'>> {
  const { command, arg, args, given, topic } = cursor
  const children = topic === undefined ? [] : childWords(tree, topic)
  // Where no argument fits, flags are all that is left.
  if (!arg) return { candidates: [...children, ...flagsOf(command, given)] }
  const { candidates, ...rest } = await valuesOf(arg, command, args, names)
  return { ...rest, candidates: [...children, ...candidates.filter(({ value }) => !args.includes(value))] }
}

/** What an argument or a flag's value may be, by its options, by what the command says, or by what it is called. */
async function valuesOf(
  part: ArgSpec & Partial<FlagSpec>,
  command: CommandSpec,
  args: string[],
  names: ListNames,
): Promise<Omit<Completion, 'joined'>> {
  if (part.options) return { candidates: part.options.map((value) => ({ value, summary: '' })) }
  const kind = completesTo(part, command) ?? ''
  if (kind === 'file' || kind === 'path') return { candidates: [], paths: 'files' }
  if (kind === 'folder') return { candidates: [], paths: 'folders' }
  if (kind === 'vm:path') {
    const vms = await names('vm')
    return { candidates: vms.map(({ value, summary }) => ({ value: `${value}:`, summary })), paths: 'files' }
  }
  return { candidates: isNameKind(kind) ? await names(kind, args[0]) : [] }
}

function completesTo(part: (ArgSpec & Partial<FlagSpec>) | undefined, { completes }: CommandSpec): string | undefined {
  return part && (completes[part.name] ?? part.value?.replaceAll(/[<>]/g, '') ?? part.name)
}

function isNameKind(kind: string): kind is NameKind {
  return nameKinds.some((name) => name === kind)
}

function childWords(tree: CommandTree, topic: string): Candidate[] {
  const words = [...childrenOf(tree, topic)].map(([id, summary]) => ({ value: id.split(':').at(-1) ?? id, summary }))
  return topic === '' ? [...words, { value: 'help', summary: 'Show the help of a command or topic' }] : words
}

const help = { value: '--help', summary: 'show the help' }

function rootFlags(topic: string): Candidate[] {
  return topic === '' ? [help, { value: '--version', summary: 'show the version' }] : [help]
}

/** The flags that may still be given. */
function flagsOf({ flags }: CommandSpec, given: FlagSpec[]): Candidate[] {
  const used = new Set(given.flatMap((flag) => [...(flag.multiple ? [] : [flag.name]), ...flag.exclusive]))
  const excluded = (flag: FlagSpec): boolean => used.has(flag.name) || flag.exclusive.some((name) => hasFlag(given, name))
  const open = flags.filter((flag) => !excluded(flag))
  return [
    ...open.map(({ name, summary }) => ({ value: `--${name}`, summary })),
    ...open.filter(({ allowNo }) => allowNo).map(({ name, summary }) => ({ value: `--no-${name}`, summary: `not: ${summary}` })),
    help,
  ]
}

function hasFlag(flags: FlagSpec[], name: string): boolean {
  return flags.some((flag) => flag.name === name)
}
