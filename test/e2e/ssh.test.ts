import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, environment, outcome, until } from './banger.ts'
import { Terminal } from './terminal.ts'

const banger = new Banger(inject('home'))

describe('a shell in a VM', () => {
  beforeAll(async () => void (await banger.ok(['vm', 'create', '--name', 'shelly'])))
  afterAll(() => banger.run(['vm', 'delete', '--force', 'shelly']))

  it('by vm ssh runs a command with its status, stdout and stderr', async () => {
    const result = await banger.run(['vm', 'ssh', 'shelly', '--', 'hostname; echo err >&2; exit 5'])
    expect([result.status, result.stdout]).toEqual([5, 'shelly\n'])
    expect(result.stderr).toContain('err')
  })

  it('by plain ssh, through vm ssh-config, is in the same VM', async () => {
    const file = join(banger.home, 'ssh_config')
    writeFileSync(file, await banger.ok(['vm', 'ssh-config', 'shelly']))
    const host = /^Host (\S+)/m.exec(execFileSync('cat', [file], { encoding: 'utf8' }))?.[1] ?? ''
    const ssh = spawn('ssh', ['-F', file, '-o', 'BatchMode=yes', host, 'hostname'], { env: environment(banger.home) })
    const result = await outcome(ssh)
    expect([result.status, result.stdout]).toEqual([0, 'shelly\n'])
  })

  it('by vm ssh on a terminal has a PTY that follows the window', async () => {
    using terminal = new Terminal(banger, ['vm', 'ssh', 'shelly'], { rows: 33, cols: 101 })
    await terminal.type('stty size; tty\r')
    await terminal.see(/33 101[\s\S]*\/dev\/pts\//)
    terminal.resize(44, 122)
    await terminal.type('stty size\r')
    await terminal.see(/44 122/)
    await terminal.type('exit 3\r')
    expect(await terminal.ended).toBe(3)
  })
})

describe('vm run on a terminal', () => {
  it('gives a shell with a PTY that follows the window, and leaving it keeps the VM', async () => {
    using terminal = new Terminal(banger, ['vm', 'run', '--name', 'roomy'], { rows: 30, cols: 90 })
    await terminal.see(/[#$] $/m)
    await terminal.type('stty size; hostname\r')
    await terminal.see(/30 90[\s\S]*roomy/)
    terminal.resize(50, 132)
    await terminal.type('stty size\r')
    await terminal.see(/50 132/)
    await terminal.type('exit\r')
    await terminal.see(/vm ssh roomy/)
    expect(await terminal.ended).toBe(0)
    expect((await banger.vm('roomy')).state).toBe('running')
    expect(await banger.ok(['vm', 'exec', 'roomy', '--', 'hostname'])).toBe('roomy\n')
    await banger.ok(['vm', 'delete', '--force', 'roomy'])
  })

  it('keeps the VM when the terminal goes away', async () => {
    const terminal = new Terminal(banger, ['vm', 'run', '--name', 'leftalone'], { rows: 30, cols: 90 })
    await terminal.see(/[#$] $/m)
    terminal[Symbol.dispose]()
    await terminal.ended
    await until(async () => (await banger.vm('leftalone')).state === 'running')
    await banger.ok(['vm', 'delete', '--force', 'leftalone'])
  })
})
