/** `make bench`: runs bench/*.bench.ts, prints medians and ratios, and writes them to build/bench.json. With arguments: names of files to run (start-up). */
import { globSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BenchCase, BenchFile, BenchResult } from './case.ts'
import { measure } from './measure.ts'

const root = join(import.meta.dirname, '..')
const chosen = process.argv.slice(2)
const results: BenchResult[] = []

for (const file of globSync('*.bench.ts', { cwd: import.meta.dirname }).sort()) {
  if (chosen.length > 0 && !chosen.includes(basename(file, '.bench.ts'))) continue
  const { prepare } = (await import(join(import.meta.dirname, file))) as BenchFile
  const { cases, cleanUp } = await prepare()
  try {
    for (const each of cases) results.push(report(each, await measure(each)))
  } finally {
    await cleanUp?.()
  }
}

await mkdir(join(root, 'build'), { recursive: true })
await writeFile(join(root, 'build/bench.json'), `${JSON.stringify(results, null, 2)}\n`)

function report({ aim }: BenchCase, result: BenchResult): BenchResult {
  const { name, ours, theirs, ratio, unit } = result
  const goal = aim === undefined ? '' : ratio <= aim ? `  (aim ${aim})` : `  (aim ${aim}: missed)`
  console.log(`${name}\n  ours ${ours} ${unit}, theirs ${theirs} ${unit}, ratio ${ratio}${goal}`)
  return result
}
