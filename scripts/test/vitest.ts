import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run, type Tally } from './run.ts'

/** The counts in what vitest's JSON reporter writes. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
}

/** Tests of these projects of vitest.config.ts. A run that breaks outside its tests counts as one failed. */
export async function runVitest(root: string, projects: string[]): Promise<Tally> {
  const file = join(root, 'build/test', `${projects.join('-')}.json`)
  await rm(file, { force: true })
  const status = await run(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--passWithNoTests',
      ...projects.map((project) => `--project=${project}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { cwd: root },
  )
  const tally = await readReport(file)
  return status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

async function readReport(file: string): Promise<Tally> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as Report
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests }
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }
  }
}
