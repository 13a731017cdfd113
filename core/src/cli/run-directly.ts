import type { Command } from '@oclif/core/command'
import type { Config } from '@oclif/core/config'
import { directConfig } from './direct-config.ts'
import type { FoundCommand } from './find-command.ts'
import { reportFailure } from './report-failure.ts'

/** `_run` is what oclif itself calls: init, run, catch, finally. */
type Runnable = Command & { _run(): Promise<unknown> }
type CommandClass = (new (argv: string[], config: Config) => Runnable) & { id: string }

/** Runs a command of banger's own without reading any plugin's manifest. What it throws is reported as in `runOclif`. */
export async function runDirectly({ id, plugin, commands, argv }: FoundCommand, lib: string, version: string): Promise<void> {
  try {
    const command = commands[plugin]?.[id] as unknown as CommandClass
    command.id = id
    await new command(argv, directConfig(lib, version))._run()
  } catch (error) {
    reportFailure(error)
  }
}
