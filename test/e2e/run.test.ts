import { describe, expect, inject, it } from 'vitest'
import { Banger, outcome, until } from './banger.ts'

const banger = new Banger(inject('home'))

describe('vm run with a command', () => {
  it('fetches the default kernel and image by itself the first time, and says so on stderr only', () => {
    const { status, stdout, stderr } = inject('firstRun')
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello\n' })
    if (!process.env.BANGER_E2E_HOME) expect(stderr).toMatch(/kernel/i)
  })

  it('keeps stdout and stderr apart, exits with the status and removes the VM', async () => {
    const result = await banger.run(['vm', 'run', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'])
    expect(result.stdout).toBe('out\n')
    expect(result.stderr.split('\n')).toContain('err')
    expect(result.status).toBe(7)
    expect(await banger.vms()).toEqual([])
  })

  it('hands stdin to the command', async () => {
    const result = await banger.run(['vm', 'run', '--', 'wc', '-c'], { input: 'abc' })
    expect([result.status, result.stdout.trim()]).toEqual([0, '3'])
  })

  it('gives 128 + n for a command that a signal killed', async () => {
    expect((await banger.run(['vm', 'run', '--', 'sh', '-c', 'kill -KILL $$'])).status).toBe(137)
  })

  it('says which command the guest does not have, with status 127', async () => {
    const result = await banger.run(['vm', 'run', '--', 'no-such-program'])
    expect(result.status).toBe(127)
    expect(result.stderr).toContain('no-such-program')
    expect(await banger.vms()).toEqual([])
  })

  it('ends the command and removes the VM when it is interrupted', async () => {
    const child = banger.start(['vm', 'run', '--', 'sh', '-c', 'echo ready; sleep 600'])
    const ended = outcome(child)
    await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()))
    child.kill('SIGINT')
    expect((await ended).status).toBe(130)
    expect(await banger.vms()).toEqual([])
  })

  it('leaves nothing when it is interrupted while the VM is created', async () => {
    const child = banger.start(['vm', 'run', '--', 'true'])
    const ended = outcome(child)
    await until(async () => (await banger.vms()).length === 1)
    child.kill('SIGINT')
    expect((await ended).status).toBe(130)
    await until(async () => (await banger.vms()).length === 0)
  })

  it('removes the VM also when the CLI itself is killed', async () => {
    const child = banger.start(['vm', 'run', '--', 'sh', '-c', 'echo ready; sleep 600'])
    await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()))
    child.kill('SIGKILL')
    await until(async () => (await banger.vms()).length === 0)
  })

  it('keeps the VM with --keep', async () => {
    await banger.ok(['vm', 'run', '--name', 'kept', '--keep', '--', 'sh', '-c', 'echo mine > /root/file'])
    expect(await banger.ok(['vm', 'exec', 'kept', '--', 'cat', '/root/file'])).toBe('mine\n')
    await banger.ok(['vm', 'delete', '--force', 'kept'])
  })
})
