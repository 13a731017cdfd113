import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, environment, isAlive, outcome, program, until } from './banger.ts'
import { Scratch } from './scratch.ts'

const bangerd = join(program, '../bangerd')

describe('the daemon', () => {
  it('starts by itself, serves on a socket of mode 0600, and stops', async () => {
    await using scratch = new Scratch()
    expect(await scratch.daemonPid()).toBeUndefined()
    await scratch.ok(['vm', 'list'])
    const pid = await scratch.daemonPid()
    expect(isAlive(pid ?? 0)).toBe(true)
    expect(statSync(`${scratch.state}/bangerd.sock`).mode & 0o777).toBe(0o600)
    await scratch.ok(['daemon', 'stop'])
    await until(() => !isAlive(pid ?? 0))
    expect(await scratch.daemonPid()).toBeUndefined()
  })

  it('is one: a second says who serves already', async () => {
    await using scratch = new Scratch()
    await scratch.ok(['vm', 'list'])
    const second = spawnSync(bangerd, { env: environment(scratch.home), encoding: 'utf8' })
    expect(second.status).not.toBe(0)
    expect(second.stdout + second.stderr).toContain('daemon.already-running')
    expect(second.stdout + second.stderr).toContain(`pid ${await scratch.daemonPid()}`)
  })

  it('is one also when many commands start it at once', async () => {
    await using scratch = new Scratch()
    const results = await Promise.all(Array.from({ length: 6 }, () => scratch.run(['vm', 'list'])))
    expect(results.map((result) => result.status)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('does not serve when the command that started it has ended', async () => {
    await using scratch = new Scratch()
    const { pid } = spawnSync('true')
    const late = spawnSync(bangerd, { env: environment(scratch.home, { BANGER_STARTED_BY: String(pid) }), timeout: 10_000 })
    expect(late.status).toBe(0)
    expect(await scratch.daemonPid()).toBeUndefined()
  })

  it('refuses a store that a newer version wrote, and says so through the CLI', async () => {
    await using scratch = new Scratch()
    await scratch.ok(['vm', 'list'])
    await scratch.ok(['daemon', 'stop'])
    const database = new DatabaseSync(`${scratch.state}/banger.db`)
    database.exec('PRAGMA user_version = 99')
    database.close()
    const result = await scratch.run(['vm', 'list'])
    expect(result.status).toBe(1)
    expect(result.stderr).toMatch(/newer banger[\s\S]*Upgrade/)
  })

  it('says which line of the configuration to mend', async () => {
    await using scratch = new Scratch()
    const { mkdirSync, writeFileSync } = await import('node:fs')
    mkdirSync(`${scratch.home}/.config/banger`, { recursive: true })
    writeFileSync(`${scratch.home}/.config/banger/config.toml`, 'default_image = "x"\n')
    const result = await scratch.run(['vm', 'list'])
    expect(result.status).toBe(1)
    expect(result.stderr).toMatch(/unknown key "default_image"[\s\S]*default_image_name/)
  })

  it('keeps a structured log', async () => {
    await using scratch = new Scratch()
    await scratch.ok(['vm', 'list'])
    const lines = readFileSync(`${scratch.state}/bangerd.log`, 'utf8').trim().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'info', msg: expect.any(String), time: expect.any(String) })
  })
})

describe('the daemon killed with SIGKILL', () => {
  const banger = new Banger(inject('home'))
  beforeAll(async () => void (await banger.ok(['vm', 'create', '--name', 'survivor'])))
  afterAll(() => banger.run(['vm', 'delete', '--force', 'survivor']))

  it('leaves a running VM running: the next command finds it under the same pid, and exec works', async () => {
    const before = await banger.vm('survivor')
    const exec = banger.start(['vm', 'exec', 'survivor', '--', 'sh', '-c', 'echo begun; sleep 600'])
    const ended = outcome(exec)
    await new Promise<void>((resolve) => exec.stdout?.once('data', () => resolve()))
    await banger.killDaemon()
    const { status, stderr } = await ended
    expect(status).toBe(125)
    expect(stderr).toContain('connection to the banger daemon was lost')

    const after = await banger.vm('survivor')
    expect([after.state, after.machine?.pid]).toEqual(['running', before.machine?.pid])
    expect(await banger.ok(['vm', 'exec', 'survivor', '--', 'hostname'])).toBe('survivor\n')
    // what the lost exec had started is gone from the guest
    expect((await banger.run(['vm', 'exec', 'survivor', '--', 'sh', '-c', 'sleep 3; pgrep -f "sleep [6]00"'])).status).toBe(1)
  })

  it('notices afterwards what happened while it was away', async () => {
    const { machine } = await banger.vm('survivor')
    await banger.killDaemon()
    process.kill(machine?.pid ?? 0, 'SIGKILL')
    const after = await banger.vm('survivor')
    expect([after.state, after.exit?.reason]).toEqual(['stopped', 'unknown'])
    await banger.ok(['vm', 'start', 'survivor'])
    expect(existsSync(after.consoleLog)).toBe(true)
  })
})
