import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'banger-plugin-folder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Files that a page of docs/ shows: a line that names one, and its text below. */
function filesIn(page: string): Map<string, string> {
  const text = readFileSync(join(root, 'docs', page), 'utf8')
  return new Map(
    [...text.matchAll(/^`([\w./-]+)`:\n\n```\w*\n(.*?)^```$/gms)].map(([, path = '', content = '']) => [path, content]),
  )
}

/** As npm does it for `file:` dependencies. */
function link(name: string, target: string): void {
  const path = join(folder, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

/** Runs the tests of the plugin. @returns what vitest says, as JSON */
async function runTests(): Promise<{ success: boolean; numPassedTests: number; failed: string[] }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--reporter=json', '--outputFile=result.json'], {
    cwd: folder,
    stdio: 'ignore',
  })
  await new Promise((resolve) => child.once('close', resolve))
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
  const assertions = result.testResults.flatMap(({ assertionResults }: Results) => assertionResults)
  return {
    ...result,
    failed: assertions.filter(({ status }: Assertion) => status === 'failed').map(({ title }: Assertion) => title),
  }
}

interface Results {
  assertionResults: Assertion[]
}

interface Assertion {
  status: string
  title: string
  failureMessages: string[]
}

test('the example of docs/testing-a-plugin.md keeps its promises, and is told which it breaks', async () => {
  const files = filesIn('testing-a-plugin.md')
  expect([...files.keys()]).toEqual(['package.json', 'extend.js', 'test/contract.test.js'])
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  for (const name of ['@banger/core', '@banger/plugin-testkit']) link(name, join(root, 'build/lib/banger/node_modules', name))
  link('vitest', join(root, 'node_modules/vitest'))
  expect(await runTests()).toMatchObject({ success: true, failed: [] })

  const source = files.get('extend.js') ?? ''
  writeFileSync(join(folder, 'extend.js'), source.replace(/digest: `.*`/, "digest: 'latest'"))
  expect(await runTests()).toMatchObject({ success: false, failed: [expect.stringMatching(/another digest once it leads/)] })
})
