import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Builds the guest's agent: one static program for this machine's architecture. */
export function buildAgent(root: string, output: string, version: string): void {
  if (!existsSync(join(root, 'agent/go.mod'))) throw new Error('agent/go.mod is missing')
  const go = spawnSync('go', ['build', '-trimpath', '-ldflags', `-s -w -X main.version=${version}`, '-o', output, '.'], {
    cwd: join(root, 'agent'),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (go.error) throw new Error(`go cannot be run (${go.error.message}); make setup says how to get it`)
  if (go.status !== 0) throw new Error('the agent did not compile')
}
