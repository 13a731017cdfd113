import type { Host, RunResult } from '@banger/core'
import { type Command, type Commands, commandsFor } from './commands.ts'
import { type Names, namesFor } from './names.ts'
import { runPrivileged } from './privilege.ts'
import type { Settings } from './settings.ts'

/** What works on one bridge. */
export interface Tools {
  host: Host
  settings: Settings
  names: Names
  commands: Commands
  run(command: Command): Promise<RunResult>
}

export function toolsFor(host: Host, settings: Settings): Tools {
  const names = namesFor(host.dirs.state, settings.bridge)
  return {
    host,
    settings,
    names,
    commands: commandsFor(settings, names, process.getuid?.() ?? 0),
    run: (command) => runPrivileged(host, command),
  }
}
