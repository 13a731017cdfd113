import { BangerError, type ErrorBody, fail } from '../errors.ts'
import { resolvePaths } from '../store/paths.ts'
import { readCommandTree } from './command-tree.ts'
import { suggestCommand } from './suggest-command.ts'

/**
 * oclif's error about a command that it does not know (`command vm:lst not found`) as one of the catalogue, with the command that
 * was probably meant; anything else as it is.
 * @param argv the whole command line
 * @param lib absolute path of the folder that holds the built program
 */
export function explainUnknownCommand(thrown: unknown, argv: string[], lib: string): unknown {
  if (!(thrown instanceof Error) || !/^command \S+ not found\.?$/i.test(thrown.message)) return thrown
  const data = process.env.BANGER_DATA_DIR || resolvePaths(process.env).data
  const { commands, topics } = readCommandTree(lib, data)
  const words = commandWords(argv)
  const meant = suggestCommand(words, [...commands.keys(), ...topics.keys()]).slice(0, 3)
  const { code, message } = fail('usage', {
    reason: `There is no command "${unknownPart(words, topics).join(' ')}".`,
  }) satisfies ErrorBody
  const near = meant.map((id) => `"banger ${id.replaceAll(':', ' ')}"`).join(' or ')
  const hint = near ? `Did you mean ${near}?` : 'See what there is with: banger --help'
  return new BangerError({ code, message, hint, status: 400, cause: thrown })
}

/** The words up to the first flag, without the `help` before them. */
function commandWords(argv: string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith('-'))
  const words = (end === -1 ? argv : argv.slice(0, end)).flatMap((word) => word.split(':'))
  return words[0] === 'help' ? words.slice(1) : words
}

/** Up to the first one that is no topic: what follows are arguments. */
function unknownPart(words: string[], topics: ReadonlyMap<string, string>): string[] {
  const known = words.findIndex((_, at) => !topics.has(words.slice(0, at + 1).join(':')))
  return words.slice(0, known + 1)
}
