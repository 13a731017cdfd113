import type { ArgSpec, CommandSpec, CommandTree, FlagSpec } from '../cli/command-tree.ts'

/** What stands where the cursor is. */
export type Cursor =
  /** A command's word, below this topic (`''` at the start); behind `help` too. */
  | { at: 'topic'; topic: string }
  | { at: 'flag'; command: CommandSpec; given: FlagSpec[] }
  /** A flag's value; `joined` is what of the word stands before it: `--image=`. */
  | { at: 'value'; command: CommandSpec; flag: FlagSpec; joined: string; args: string[] }
  /** An argument, and those before it. `topic` where a command of that topic may stand as well. */
  | { at: 'arg'; command: CommandSpec; arg: ArgSpec | undefined; args: string[]; given: FlagSpec[]; topic?: string }
  /** A word of a command in the guest, behind `--`. */
  | { at: 'guest' }
  | { at: 'nothing' }

/**
 * Finds out what is to be completed.
 * @param before the words before it, without the program's name
 * @param current the word up to the cursor; may be empty
 */
export function findCursor(tree: CommandTree, before: string[], current: string): Cursor {
  if (before.includes('--')) return { at: 'guest' }
  const path = commandWords(before)
  const words = path[0] === 'help' ? path.slice(1) : path
  const isTopic = (id: string): boolean => id === '' || tree.topics.has(id)
  if (words.length < path.length) return isTopic(words.join(':')) ? { at: 'topic', topic: words.join(':') } : { at: 'nothing' }
  for (let count = path.length; count > 0; count--) {
    const command = tree.commands.get(path.slice(0, count).join(':'))
    if (!command) continue
    const cursor = inCommand(command, before.slice(count), current)
    return cursor.at === 'arg' && before.length === count && isTopic(command.id) ? { ...cursor, topic: command.id } : cursor
  }
  return path.length === before.length && isTopic(path.join(':')) ? { at: 'topic', topic: path.join(':') } : { at: 'nothing' }
}

function commandWords(words: string[]): string[] {
  const end = words.findIndex((word) => word.startsWith('-') || word === '')
  return end === -1 ? words : words.slice(0, end)
}

/** @param rest what follows the command's own words, before the cursor */
function inCommand(command: CommandSpec, rest: string[], current: string): Cursor {
  const args: string[] = []
  const given: FlagSpec[] = []
  let pending: FlagSpec | undefined
  for (const word of rest) {
    if (pending) pending = undefined
    else if (!word.startsWith('-') || word === '-') args.push(word)
    else {
      const flag = findFlag(command, word)
      if (!flag) continue
      given.push(flag)
      if (flag.takesValue && isWhole(word)) pending = flag
    }
  }
  if (pending) return { at: 'value', command, flag: pending, joined: '', args }
  if (!current.startsWith('-') || current === '-') {
    const arg = command.args[args.length] ?? repeated(command)
    if (current !== '-') return { at: 'arg', command, arg, args, given }
  }
  const equals = current.startsWith('--') ? current.indexOf('=') : -1
  if (equals === -1) return { at: 'flag', command, given }
  const flag = findFlag(command, current)
  return flag?.takesValue ? { at: 'value', command, flag, joined: current.slice(0, equals + 1), args } : { at: 'nothing' }
}

/** The flag of `--name`, `--name=value`, `--no-name`, `-n` or `-nvalue`. */
function findFlag({ flags }: CommandSpec, word: string): FlagSpec | undefined {
  if (!word.startsWith('--')) return flags.find(({ char }) => char === word[1])
  const name = word.slice(2).split('=', 1)[0] ?? ''
  return flags.find((flag) => flag.name === name || (flag.allowNo && `no-${flag.name}` === name))
}

/** Whether the flag's value, if it takes one, is the next word. */
function isWhole(word: string): boolean {
  return word.startsWith('--') ? !word.includes('=') : word.length === 2
}

/** The argument that takes further words. */
function repeated({ args, strict }: CommandSpec): ArgSpec | undefined {
  const last = args.at(-1)
  return last && (last.multiple || !strict) ? last : undefined
}
