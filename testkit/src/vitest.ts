import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Check } from './check.ts'

/** What is used of vitest: the one of the plugin under test, in whose folder it runs. */
type Vitest = Pick<typeof import('vitest'), 'describe' | 'test'>

const { describe, test } = await loadVitest()

/** Milliseconds for one check; some make an image or start a VMM, on machines that have much else to do. */
const timeout = 120_000

/** Registers a suite: a test for each check. */
export function suite(subject: string, checks: Check[]): void {
  describe(subject, () => {
    for (const { sentence, run } of checks) test(sentence, { timeout }, run)
  })
}

/** The kit may be linked to from afar (`file:`), where Node would look for vitest beside the kit. */
async function loadVitest(): Promise<Vitest> {
  const manifest = createRequire(join(process.cwd(), 'package.json')).resolve('vitest/package.json')
  return import(pathToFileURL(join(dirname(manifest), 'dist/index.js')).href) as Promise<Vitest>
}
