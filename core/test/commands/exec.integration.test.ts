import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeDaemon, fakeDaemon, json } from '../client/fake-daemon.ts'
import { fakeGuest } from './fake-guest.ts'
import { cliArgs, cliEnv, type CliResult, runCli, startCli } from './run-cli.ts'

/** On a busy machine. */
const soon = { timeout: 10_000 }

let daemon: FakeDaemon
let guest: ReturnType<typeof fakeGuest>

beforeEach(async () => {
  daemon = await fakeDaemon()
  guest = fakeGuest()
  daemon.upgrades['POST /v1/vms/box/exec'] = guest.serve
})
afterEach(() => daemon[Symbol.asyncDispose]())

describe('vm exec', () => {
  it("keeps stdout and stderr apart and exits with the command's status", async () => {
    const { code, stdout, stderr } = await exec(['sh', '-c', 'echo out; echo err >&2; exit 7'])
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' })
  })

  it('hands stdin on to its end', async () => {
    expect(await exec(['wc', '-c'], 'abc')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\s*3\s*$/) })
  })

  it('is binary clean in both directions, beyond every buffer', async () => {
    const bytes = randomBytes(6 * 1024 * 1024)
    const digest = await exec(['sha256sum'], bytes)
    const { createHash } = await import('node:crypto')
    expect(digest.stdout).toContain(createHash('sha256').update(bytes).digest('hex'))
    const { child, ended } = startCli(daemon.env, ['vm', 'exec', 'box', '--', 'head', '-c', '8000000', '/dev/zero'])
    let received = 0
    child.stdout?.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    expect((await ended).code).toBe(0)
    expect(received).toBe(8_000_000)
  })

  it('exits with 128 + n when a signal ended the command', async () => {
    expect((await exec(['sh', '-c', 'kill -9 $$'])).code).toBe(137)
  })

  it('exits with 127 when there is no such command, with 126 when it cannot be executed', async () => {
    expect(await exec(['no-such-thing'])).toMatchObject({
      code: 127,
      stdout: '',
      stderr: expect.stringContaining('Error: no-such-thing'),
    })
    expect((await exec(['/etc/passwd'])).code).toBe(126)
  })

  it('exits with 125 and the reason when banger failed', async () => {
    expect(await runCli(daemon.env, ['vm', 'exec', 'other', '--', 'true'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('is stopped'),
    })
  })

  it('exits with 125 when the daemon is lost, and says so', async () => {
    const { child, ended } = startCli(daemon.env, ['vm', 'exec', 'box', '--', 'sh', '-c', 'echo ready; sleep 20'])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    await daemon.stop()
    expect(await ended).toMatchObject({ code: 125, stderr: expect.stringContaining('connection to the banger daemon was lost') })
  })

  it('with --detach starts a session and prints its name', async () => {
    daemon.routes['POST /v1/vms/box/sessions'] = (_call, response) => json(response, { name: 'swift-otter' })
    const args = ['vm', 'exec', 'box', '--detach', '--cwd', '/srv', '-e', 'A=1', '--', 'sleep', '9']
    expect(await runCli(daemon.env, args)).toMatchObject({
      code: 0,
      stdout: 'swift-otter\n',
      stderr: expect.stringContaining('banger vm session logs box swift-otter'),
    })
    expect(daemon.calls.at(-1)?.body).toEqual({ argv: ['sleep', '9'], env: { A: '1' }, cwd: '/srv' })
    daemon.routes['POST /v1/vms/box/sessions'] = (_call, response) =>
      json(response, { code: 'session.preflight', message: 'The guest lacks the command sleep.' }, 400)
    expect((await runCli(daemon.env, args)).code).toBe(127)
  })

  it('passes on environment, folder and user, and everything behind the hyphens untouched', async () => {
    await runCli({ ...daemon.env, OWN: 'mine' }, [
      'vm',
      'exec',
      'box',
      '-e',
      'A=1 2',
      '--env',
      'OWN',
      '--env',
      'NONE',
      '--cwd',
      '/srv',
      '--user',
      'me',
      '--',
      'echo',
      '--json',
      '--',
      '-x',
    ])
    expect(guest.starts).toEqual([
      { argv: ['echo', '--json', '--', '-x'], env: { A: '1 2', OWN: 'mine' }, cwd: '/srv', user: 'me', tty: false },
    ])
  })

  it('asks for a command, with status 2', async () => {
    expect(await runCli(daemon.env, ['vm', 'exec', 'box'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no command'),
    })
    expect(await runCli(daemon.env, ['vm', 'exec', 'box', 'ls'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Unexpected argument: ls'),
    })
  })

  describe('with signals', () => {
    it('hands SIGINT, SIGTERM and SIGHUP on and exits as the command does', async () => {
      for (const [signal, code] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
        ['SIGHUP', 129],
      ] as const) {
        const { child, ended } = await running('sleep 20')
        child.kill(signal)
        expect((await ended).code).toBe(code)
      }
      expect(guest.signals).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP'])
    })

    it('lets the command clean up and takes the status it chose', async () => {
      const { child, ended } = await running('while :; do sleep 0.1; done', "trap 'echo cleaned; exit 3' INT")
      child.kill('SIGINT')
      expect(await ended).toMatchObject({ code: 3, stdout: 'ready\ncleaned\n' })
    })

    it('hangs up at the second SIGINT', async () => {
      const { child, ended } = await running('sleep 20', "trap '' INT")
      child.kill('SIGINT')
      await expect.poll(() => guest.signals, soon).toEqual(['SIGINT'])
      const before = Date.now()
      child.kill('SIGINT')
      expect((await ended).code).toBe(130)
      expect(Date.now() - before).toBeLessThan(1500)
      await expect.poll(() => guest.hungUp, soon).toBe(1)
    })

    it('hangs up when the command has not ended 2 s after the first', async () => {
      const { child, ended } = await running('sleep 20', "trap '' TERM")
      const before = Date.now()
      child.kill('SIGTERM')
      expect((await ended).code).toBe(143)
      expect(Date.now() - before).toBeGreaterThan(1900)
      await expect.poll(() => guest.hungUp, soon).toBe(1)
    })
  })

  it('ends a command whose output nobody reads any more', async () => {
    const line = `'${process.execPath}' '${cliArgs[0]}' vm exec box -- yes | head -n 1; echo "\${PIPESTATUS[0]}"`
    const child = spawn('bash', ['-c', line], { env: cliEnv(daemon.env), stdio: ['ignore', 'pipe', 'inherit'] })
    const { text } = await import('node:stream/consumers')
    expect(await text(child.stdout)).toBe('y\n141\n')
    expect(guest.signals).toEqual(['SIGPIPE'])
  })

  it('tolerates a stderr that nobody reads', async () => {
    const child = spawn(
      process.execPath,
      [...cliArgs, 'vm', 'exec', 'box', '--', 'sh', '-c', 'read line; yes | head -c 300000 >&2; exit 4'],
      { env: cliEnv(daemon.env) },
    )
    child.stderr.destroy()
    child.stdin.end('go\n')
    expect((await once(child, 'exit'))[0]).toBe(4)
  })

  it('does not wait for an input that never ends once the command has ended', async () => {
    const { ended } = startCli(daemon.env, ['vm', 'exec', 'box', '--', 'true'])
    expect(await Promise.race([ended, sleep(5000)])).toMatchObject({ code: 0 })
  })
})

function exec(command: string[], input?: string | Buffer): Promise<CliResult> {
  return runCli(daemon.env, ['vm', 'exec', 'box', '--', ...command], input)
}

/** A command under way: `setup` is done by the time this returns. */
async function running(script: string, setup = ':') {
  const cli = startCli(daemon.env, ['vm', 'exec', 'box', '--', 'sh', '-c', `${setup}; echo ready; ${script}`])
  await once(cli.child.stdout as NodeJS.ReadableStream, 'data')
  return cli
}
