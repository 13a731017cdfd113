import type { CommandTables } from './command-tables.ts'

export interface FoundCommand {
  /** `vm:list` */
  id: string
  plugin: string
  commands: CommandTables
  /** What follows the command's words. */
  argv: string[]
}

const deepest = 4

/**
 * The command that a command line names, or undefined when oclif has to decide: help, version, an alias, an unknown word.
 */
export function findCommand(argv: string[], commands: CommandTables): FoundCommand | undefined {
  if (asksForHelp(argv)) return undefined
  for (let words = Math.min(deepest, countWords(argv)); words > 0; words--) {
    const id = argv.slice(0, words).join(':')
    for (const plugin in commands) {
      const table = commands[plugin]
      if (table && Object.hasOwn(table, id)) return { id, plugin, commands, argv: argv.slice(words) }
    }
  }
  return undefined
}

function countWords(argv: string[]): number {
  const end = argv.findIndex((word) => word.startsWith('-') || word === '')
  return end === -1 ? argv.length : end
}

function asksForHelp(argv: string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--help')
}
