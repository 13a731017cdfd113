/** Runs every check of `make check`, a few at a time, and says which failed. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

interface Check {
  name: string
  command: string[]
  cwd?: string
  /** Output that means failure though the status is 0 (gofmt -l). */
  quiet?: boolean
}

const root = join(import.meta.dirname, '../..')
const bin = (name: string) => join(root, 'node_modules/.bin', name)
const scripts = tracked(['*.sh', '.ci/run'])

const checks: Check[] = [
  { name: 'types', command: [bin('tsc'), '--noEmit'] },
  { name: 'types of examples', command: [bin('tsc'), '--noEmit', '--project', 'examples'] },
  { name: 'lint and format', command: [bin('biome'), 'check', '--error-on-warnings', '--max-diagnostics=50'] },
  {
    name: 'imports',
    command: [
      bin('depcruise'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err-long',
      'core',
      'plugins',
      'testkit',
      'examples',
    ],
  },
  { name: 'public API', command: ['node', 'scripts/check/public-api.ts'] },
  { name: 'unused code', command: [bin('knip'), '--no-progress', '--no-config-hints'] },
  { name: 'go vet', command: ['go', 'vet', './...'], cwd: 'agent' },
  { name: 'gofmt', command: ['gofmt', '-l', '.'], cwd: 'agent', quiet: true },
  { name: 'shell syntax', command: ['sh', '-c', 'for file; do sh -n "$file" || exit 1; done', 'sh', ...scripts] },
  ...(isInstalled('shellcheck') ? [{ name: 'shellcheck', command: ['shellcheck', ...scripts] }] : []),
]

const only = process.argv.slice(2)
const queue = checks.filter(
  ({ name, cwd }) => (only.length === 0 || only.includes(name)) && (!cwd || existsSync(join(root, cwd, 'go.mod'))),
)
const failed: string[] = []
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work))
warnOfLongFiles()
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0

async function work(): Promise<void> {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const started = performance.now()
    const { status, output } = await run(check)
    const ok = status === 0 && !(check.quiet && output.trim() !== '')
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${check.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
    if (ok) continue
    failed.push(check.name)
    console.log(output.trim().replaceAll(/^/gm, '  '))
  }
}

function run({ command: [program = '', ...args], cwd = '.' }: Check): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: join(root, cwd), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', (error) => resolve({ status: 1, output: error.message }))
    child.on('close', (status) => resolve({ status: status ?? 1, output }))
  })
}

/** A file of more than 300 lines should be split at a seam; said, no failure. */
function warnOfLongFiles(): void {
  for (const file of tracked(['core/src/*.ts', 'plugins/*/src/*.ts', 'agent/*.go'])) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length
    if (lines > 300) console.log(`warning: ${file} has ${lines} lines (300 at most)`)
  }
}

/** Files of the repository, also those not yet committed. */
function tracked(patterns: string[]): string[] {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed.stdout.split('\n').filter((file) => file !== '' && existsSync(join(root, file)))
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}
