import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The built CLI, and an environment whose state, configuration and cache are this run's alone. */
    banger: { bin: string; bangerd: string; env: Record<string, string> }
  }
}

const root = join(import.meta.dirname, '../..')

/** Once for all end-to-end tests: folders of their own, removed at the end together with what ran in them. */
export default function setup(project: TestProject): () => void {
  const bin = join(root, 'build/bin/banger')
  if (!existsSync(bin)) throw new Error(`${bin} is missing: make build`)
  const home = mkdtempSync(join(tmpdir(), 'banger-e2e-'))
  const env = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
  }
  project.provide('banger', { bin, bangerd: join(root, 'build/bin/bangerd'), env })
  return () => cleanUp(bin, { ...process.env, ...env }, home)
}

function cleanUp(bin: string, env: NodeJS.ProcessEnv, home: string): void {
  const banger = (...args: string[]) => spawnSync(bin, args, { env, encoding: 'utf8', timeout: 60_000 })
  if (existsSync(join(home, 'state/banger/bangerd.sock'))) {
    for (const name of listVms(banger('vm', 'list', '--json').stdout)) banger('vm', 'delete', '--force', name)
    banger('daemon', 'stop')
  }
  rmSync(home, { recursive: true, force: true })
}

function listVms(json: string): string[] {
  try {
    return (JSON.parse(json) as { name: string }[]).map(({ name }) => name)
  } catch {
    return []
  }
}
