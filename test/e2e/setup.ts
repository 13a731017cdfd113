import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { environment, program } from './banger.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** HOME of the suite: its daemon has the default kernel and image, fetched by the first `vm run`. */
    home: string
    /** What that first `vm run -- echo hello` said and how it ended. */
    firstRun: { status: number | null; stdout: string; stderr: string; seconds: number }
  }
}

/**
 * A home of the suite's own, in which the first `vm run` fetches everything as it does for a newcomer.
 * `BANGER_E2E_HOME` keeps one between runs, to save that time while writing tests.
 */
export default function setup(project: TestProject): () => void {
  if (!existsSync(program)) throw new Error('build/bin/banger is missing: run `make build` first')
  const kept = process.env.BANGER_E2E_HOME
  if (kept) mkdirSync(kept, { recursive: true })
  const home = kept ?? mkdtempSync(join(tmpdir(), 'banger-e2e-'))
  const before = Date.now()
  const first = spawnSync(program, ['vm', 'run', '--', 'echo', 'hello'], {
    env: environment(home),
    encoding: 'utf8',
    timeout: 580_000,
  })
  const firstRun = { status: first.status, stdout: first.stdout, stderr: first.stderr, seconds: (Date.now() - before) / 1000 }
  if (first.status !== 0) console.error(`the first vm run failed: ${first.stderr}`)
  project.provide('home', home)
  project.provide('firstRun', firstRun)
  return () => {
    const list = spawnSync(program, ['vm', 'list', '--json'], { env: environment(home), encoding: 'utf8' })
    const names = list.status === 0 ? (JSON.parse(list.stdout) as { name: string }[]).map((vm) => vm.name) : []
    if (names.length > 0) spawnSync(program, ['vm', 'delete', '--force', ...names], { env: environment(home) })
    spawnSync(program, ['daemon', 'stop'], { env: environment(home) })
    if (!kept) rmSync(home, { recursive: true, force: true })
  }
}
