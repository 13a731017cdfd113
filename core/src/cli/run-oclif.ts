import { flush } from '@oclif/core/flush'
import { run } from '@oclif/core/run'
import { settings } from '@oclif/core/settings'
import { shareCore } from '../boot/share-core.ts'
import { reportFailure } from './report-failure.ts'
import { explainUnknownCommand } from './unknown-command.ts'

/** Runs a command line with all of oclif: plugins, their hooks, help. */
export async function runOclif(argv: string[], lib: string): Promise<void> {
  shareCore(lib)
  // Plugins run as they were built, linked ones too.
  settings.enableAutoTranspile = false
  try {
    await run(argv, { root: lib })
    await flush()
  } catch (error) {
    reportFailure(explainUnknownCommand(error, argv, lib))
  }
}
