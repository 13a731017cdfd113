import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHooks, type DoctorCheck, type GuestConfig, type ProvisionContext, readSettings } from '@banger/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settings } from '../src/config.ts'
import { extend } from '../src/extend.ts'
import { Home, hostWith } from './host.ts'

describe('the plugin', () => {
  let home: Home
  beforeEach(() => {
    home = new Home()
    vi.stubEnv('HOME', home.path)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    home[Symbol.dispose]()
  })

  it('gives each file to the same place below /root, private, as its own', async () => {
    home.write('.local/share/opencode/auth.json', 'one')
    home.write('.claude/.credentials.json', 'two')
    home.write('.pi/agent/auth.json', 'three')
    const { files, warnings } = await provision()
    const common = { mode: 0o600, folderMode: 0o700, owner: '@banger/plugin-auth-sync' }
    expect(files).toEqual([
      { path: '/root/.local/share/opencode/auth.json', content: base64('one'), ...common },
      { path: '/root/.claude/.credentials.json', content: base64('two'), ...common },
      { path: '/root/.pi/agent/auth.json', content: base64('three'), ...common },
    ])
    expect(warnings).toEqual([])
  })

  it('gives nothing but these files, however full their folders are', async () => {
    for (const file of ['.claude/history.jsonl', '.claude/projects/a.jsonl', '.local/share/opencode/storage/session.json'])
      home.write(file, 'history')
    home.write('.claude/.credentials.json', 'two')
    const { files } = await provision()
    expect(files.map(({ path }) => path)).toEqual(['/root/.claude/.credentials.json'])
  })

  it('gives what is chosen, and reads the host anew at each start', async () => {
    const file = home.write('.claude/.credentials.json', 'old')
    home.write('.pi/agent/auth.json', 'three')
    expect((await provision({ sync: ['claude'] })).files).toMatchObject([{ content: base64('old') }])
    home.write('.claude/.credentials.json', 'new')
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect((await provision({ sync: ['claude'] })).files).toMatchObject([{ content: base64('new') }])
    expect((await provision({ sync: [] })).files).toEqual([])
  })

  it('warns of one that is there but cannot be copied, without its content, and gives the others', async () => {
    mkdirSync(join(home.path, '.claude/.credentials.json'), { recursive: true })
    home.write('.local/share/opencode/auth.json', 'top secret'.repeat(200_000))
    home.write('.pi/agent/auth.json', 'three')
    const { files, warnings } = await provision()
    expect(files).toHaveLength(1)
    expect(warnings).toEqual([
      'The credentials of opencode in ~/.local/share/opencode/auth.json are not copied: it is larger than 1 MiB.',
      'The credentials of claude in ~/.claude/.credentials.json are not copied: it is a folder.',
    ])
  })

  it('says in doctor whose credentials VMs get', async () => {
    home.write('.pi/agent/auth.json', 'three')
    mkdirSync(join(home.path, '.claude/.credentials.json'), { recursive: true })
    expect(await doctor({ sync: ['claude', 'pi'] })).toMatchObject([
      { id: 'credentials', status: 'warning', message: expect.stringContaining('of claude') },
      { id: 'credentials', status: 'ok', message: 'VMs get those of pi; turned off: opencode' },
    ])
    expect(await doctor({ sync: [] })).toMatchObject([
      { status: 'ok', message: 'VMs get none; turned off: opencode, claude, pi' },
    ])
  })
})

async function provision(table = {}): Promise<{ files: GuestConfig['files']; warnings: string[] }> {
  const hooks = createHooks()
  extend().apply(hooks, hostWith(table), readSettings(hostWith(table), 'auth-sync', settings))
  const guest = { files: [] as GuestConfig['files'] }
  const warnings: string[] = []
  await hooks.provision.promise({ guest, warn: (text: string) => void warnings.push(text) } as unknown as ProvisionContext)
  return { files: guest.files, warnings }
}

async function doctor(table: Record<string, unknown>): Promise<DoctorCheck[]> {
  const hooks = createHooks()
  extend().apply(hooks, hostWith(table), readSettings(hostWith(table), 'auth-sync', settings))
  const checks: DoctorCheck[] = []
  await hooks.doctor.promise({ add: (check) => void checks.push(check) })
  return checks
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
