/**
 * Runs everything that `make test` promises: the checks, the agent's tests, and vitest's. The last line is the sum of
 * all, alone on its line. With arguments: names of the parts to run (check, go, unit, integration, e2e).
 */
import { join } from 'node:path'
import { runGoTests } from './go-tests.ts'
import { run, type Tally } from './run.ts'
import { runVitest } from './vitest.ts'

const root = join(import.meta.dirname, '../..')
const parts: Record<string, () => Promise<Tally>> = {
  check: () => runChecks(),
  go: () => runGoTests(root),
  unit: () => runVitest(root, ['unit']),
  integration: () => runVitest(root, ['integration']),
  e2e: () => runVitest(root, ['e2e']),
}

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !(name in parts))
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)

const total: Tally = { passed: 0, failed: 0, skipped: 0 }
for (const [name, part] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  console.log(`\n== ${name}`)
  const tally = await part()
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += tally[key]
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0

/** Counts as one test. */
async function runChecks(): Promise<Tally> {
  const status = await run(process.execPath, ['scripts/check/main.ts'], { cwd: root })
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
}
