import { join } from 'node:path'
import type { CommandTables } from './command-tables.ts'
import { findCommand } from './find-command.ts'

export interface CliOptions {
  /** The command line after the program's name. */
  argv: string[]
  /** Absolute path of the folder that holds the built program. */
  lib: string
  version: string
  commands: CommandTables
}

/**
 * Runs one command line. banger's own commands are run straight from the bundle, whatever plugins the user has: no plugin
 * slows them down, replaces them or breaks them. Help and all other words get oclif's full start, which reads every
 * plugin's manifest.
 */
export async function runCli({ argv, lib, version, commands }: CliOptions): Promise<void> {
  process.env.BANGER_DAEMON ||= join(lib, '../../bin/bangerd')
  process.env.BANGER_LIB = lib
  if (argv[0] === 'help') argv = [...argv.slice(1).filter((word) => word !== '--'), '--help']
  const found = findCommand(argv, commands)
  if (!found) {
    const { runOclif } = await import('./run-oclif.ts')
    return runOclif(argv, lib)
  }
  const { runDirectly } = await import('./run-directly.ts')
  await runDirectly(found, lib, version)
  // All is written (pipes, files and terminals are synchronous here), and waiting for the process to run dry costs 1 ms.
  process.exit()
}
