import type { Command } from '@oclif/core/command'
import { Config } from '@oclif/core/config'
import type { FoundCommand } from './find-command.ts'

/** Runs a command of banger's own without reading any plugin's manifest. Errors look as `runOclif` shows them. */
export async function runDirectly({ id, plugin, commands, argv }: FoundCommand, lib: string, version: string): Promise<void> {
  try {
    const command = commands[plugin]?.[id] as unknown as (new (argv: string[], config: Config) => Runnable) & { id: string }
    command.id = id
    await new command(argv, quickConfig(lib, version))._run()
  } catch (error) {
    const { handle } = await import('@oclif/core/handle')
    await handle(error instanceof Error ? error : new Error(String(error)))
  }
}

/** `_run` is what oclif itself calls: init, run, catch, finally. */
type Runnable = Command & { _run(): Promise<unknown> }

/** What a command reads from oclif's configuration, without loading it. */
function quickConfig(lib: string, version: string): Config {
  return Object.assign(new Config({ root: lib }), {
    bin: 'banger',
    name: 'banger',
    dirname: 'banger',
    root: lib,
    version,
    topicSeparator: ' ' as const,
    arch: process.arch,
    platform: process.platform,
    userAgent: `banger/${version} ${process.platform}-${process.arch} node-${process.version}`,
    pjson: { name: 'banger', version, oclif: {} },
    rootPlugin: { name: 'banger', root: lib, hooks: {} },
  }) as unknown as Config
}
