import { flush } from '@oclif/core/flush'
import { run } from '@oclif/core/run'
import { shareCore } from '../boot/share-core.ts'
import { reportFailure } from './report-failure.ts'

/** Runs a command line with all of oclif: plugins, their hooks, help. */
export async function runOclif(argv: string[], lib: string): Promise<void> {
  shareCore(lib)
  try {
    await run(argv, { root: lib })
    await flush()
  } catch (error) {
    reportFailure(error)
  }
}
