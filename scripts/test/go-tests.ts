import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run, type Tally } from './run.ts'

/** A line of `go test -json` (https://pkg.go.dev/cmd/test2json). */
interface GoEvent {
  Action: string
  Test?: string
  Package?: string
  Output?: string
}

/** The agent's tests. Prints the output of those that fail or are skipped. */
export async function runGoTests(root: string): Promise<Tally> {
  const agent = join(root, 'agent')
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  if (!existsSync(join(agent, 'go.mod'))) return tally
  const output = new Map<string, string>()
  const status = await run('go', ['test', '-json', './...'], { cwd: agent, line: (line) => count(line, tally, output) })
  if (status !== 0 && tally.failed === 0) tally.failed = 1
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped in agent`)
  return tally
}

function count(line: string, tally: Tally, output: Map<string, string>): void {
  const event = parse(line)
  if (!event) return console.log(line)
  const key = `${event.Package} ${event.Test ?? ''}`
  if (event.Output) output.set(key, (output.get(key) ?? '') + event.Output)
  if (event.Action.endsWith('fail') || (event.Action === 'skip' && event.Test)) process.stdout.write(output.get(key) ?? '')
  if (!event.Test) return
  if (event.Action === 'pass') tally.passed++
  if (event.Action === 'fail') tally.failed++
  if (event.Action === 'skip') tally.skipped++
}

function parse(line: string): GoEvent | undefined {
  try {
    return JSON.parse(line) as GoEvent
  } catch {
    return undefined
  }
}
