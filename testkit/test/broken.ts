import type { Check } from '../src/checks.ts'

/** What checks find wrong: the sentences that do not hold, and why. @param which only these are checked */
export async function broken(checks: Check[], which = /^/): Promise<{ sentence: string; message: string }[]> {
  const found: { sentence: string; message: string }[] = []
  for (const { sentence, run } of checks.filter((check) => which.test(check.sentence))) {
    try {
      await run()
    } catch (error) {
      found.push({ sentence, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return found
}
