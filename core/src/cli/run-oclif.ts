import { execute } from '@oclif/core/execute'
import { shareCore } from '../boot/share-core.ts'

/** Runs a command line with all of oclif: plugins, their hooks, help. */
export async function runOclif(argv: string[], lib: string): Promise<void> {
  shareCore(lib)
  await execute({ args: argv, loadOptions: { root: lib } })
}
