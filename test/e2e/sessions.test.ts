import type { ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Session } from '../../core/src/protocol/session.ts'
import { Banger, outcome, until } from './banger.ts'

const banger = new Banger(inject('home'))

const start = (name: string, flags: string[], ...command: string[]) =>
  banger.ok(['vm', 'session', 'start', 'hive', '--name', name, ...flags, '--', ...command])
const show = (name: string) => banger.json<Session>(['vm', 'session', 'show', 'hive', name])
const guest = (script: string) => banger.ok(['vm', 'exec', 'hive', '--', 'sh', '-c', script])
const attach = (name: string, ...flags: string[]) => banger.start(['vm', 'session', 'attach', 'hive', name, ...flags])
const pipe = ['--stdin-mode', 'pipe']

/** Waits for the first output. */
function speaks(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once('data', () => resolve()))
}

describe('sessions in a VM', () => {
  beforeAll(async () => void (await banger.ok(['vm', 'create', '--name', 'hive'])))
  afterAll(() => banger.run(['vm', 'delete', '--force', 'hive']))

  it('give every byte once and in order while the daemon is killed three times', async () => {
    const size = 96_000_000
    const sum = await guest(`head -c ${size} /dev/urandom > /srv/blob; sha256sum < /srv/blob`)
    await start('torrent', pipe, 'sh', '-c', 'read line; cat /srv/blob; exit 6')
    const child = attach('torrent')
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const stderr = text(child.stderr as NodeJS.ReadableStream)
    const hash = createHash('sha256')
    let seen = 0
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.length
      hash.update(chunk)
    })
    child.stdin?.write('go\n')
    for (const part of [0.1, 0.35, 0.6]) {
      await until(() => seen > part * size, 120_000)
      await banger.killDaemon()
      expect(seen).toBeLessThan(size)
    }
    expect([await ended, await stderr]).toEqual([6, ''])
    expect([seen, hash.digest('hex')]).toEqual([size, sum.split(' ')[0]])
  })

  it('take every byte of stdin once and in order while the daemon is killed, and its end', async () => {
    const input = randomBytes(24_000_000)
    await start('well', pipe, 'sh', '-c', 'sha256sum; exit 4')
    const child = attach('well')
    const ended = outcome(child)
    child.stdin?.write(input.subarray(0, 16_000_000))
    await until(() => (child.stdin?.writableLength ?? 0) < 14_000_000)
    await banger.killDaemon()
    child.stdin?.end(input.subarray(16_000_000))
    const sum = createHash('sha256').update(input).digest('hex')
    expect(await ended).toEqual({ status: 4, stdout: `${sum}  -\n`, stderr: '' })
  })

  it('refuse a second client, name the first, and are free at once when that is killed', async () => {
    await start('one', pipe, 'sh', '-c', 'echo hello; exec cat')
    const first = attach('one')
    await speaks(first)
    expect(await show('one')).toMatchObject({ attached: { pid: first.pid, connected: true } })
    const second = await banger.run(['vm', 'session', 'attach', 'hive', 'one'])
    expect([second.status, second.stdout]).toEqual([125, ''])
    expect(second.stderr).toContain(`attached already: by pid ${first.pid} (banger vm session attach hive one)`)
    first.kill('SIGKILL')
    await until(async () => (await show('one')).attached === undefined)
    const third = await banger.run(['vm', 'session', 'attach', 'hive', 'one'], { input: 'more' })
    expect([third.status, third.stdout.replace('hello\n', '')]).toEqual([0, 'more'])
  })

  it('have a socket that others can speak to, of mode 0600, again after a restart of the daemon', async () => {
    await start('socket', pipe, 'cat')
    const { socket = '' } = await show('socket')
    expect(statSync(socket).mode & 0o7777).toBe(0o600)
    await banger.killDaemon()
    await banger.vms()
    await until(() => existsSync(socket))
    const client = (await import('node:net')).connect(socket)
    const golden = new URL('../../agent/testdata/frames/', import.meta.url)
    const read = (name: string) => Buffer.from(readFileSync(new URL(`${name}.hex`, golden), 'utf8').replaceAll('\n', ''), 'hex')
    client.write(read('attach-client'))
    const said: Buffer[] = []
    for await (const chunk of client) {
      said.push(chunk as Buffer)
      if (Buffer.concat(said).length >= read('attach-session').length) client.end()
    }
    expect(Buffer.concat(said).includes('{"code":0}')).toBe(true)
    expect(Buffer.concat(said).length).toBe(read('attach-session').length)
  })

  it('that end while nobody is attached keep status and output, over a restart of the daemon', async () => {
    await start('gone', pipe, 'sh', '-c', 'echo out; sleep 0.2; echo err >&2; kill -TERM $$')
    await banger.killDaemon()
    await until(async () => (await show('gone')).state === 'ended')
    expect((await show('gone')).exit).toEqual({ code: 143, signal: 'SIGTERM' })
    expect(await banger.ok(['vm', 'session', 'logs', 'hive', 'gone'])).toBe('out\nerr\n')
    expect(await banger.ok(['vm', 'session', 'logs', 'hive', 'gone', '--stream', 'stderr'])).toBe('err\n')
    expect(await banger.run(['vm', 'session', 'attach', 'hive', 'gone'])).toEqual({
      status: 143,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  it('never wait for a reader when they are detached', async () => {
    await start('loud', [], 'head', '-c', '100000000', '/dev/zero')
    await until(async () => (await show('loud')).state === 'ended', 120_000)
    const { output } = await show('loud')
    expect(output.end - output.oldest).toBeLessThan(48_000_000)
  })

  it('are killed with all their children, wherever these went', async () => {
    const script = 'setsid sleep 4321 & setsid sh -c "sleep 4321 & exec sleep 4321" & (sleep 4321 &) ; exec sleep 4321'
    await start('family', [], 'env', '-i', '/bin/sh', '-c', script)
    const count = async () => Number((await banger.run(['vm', 'exec', 'hive', '--', 'pgrep', '-cf', 'sleep [4]321'])).stdout)
    await until(async () => (await count()) >= 5)
    const killed = await banger.json<Session>(['vm', 'session', 'kill', 'hive', 'family'])
    expect(killed).toMatchObject({ state: 'ended', exit: { signal: 'SIGKILL' } })
    expect(await count()).toBe(0)
  })

  it('stop by SIGTERM', async () => {
    await start('polite', [], 'sh', '-c', 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done')
    await until(async () => (await banger.ok(['vm', 'session', 'logs', 'hive', 'polite'])) === 'ready\n')
    expect(await banger.ok(['vm', 'session', 'stop', 'hive', 'polite'])).toContain('ended (9)')
  })

  it('say all that the guest lacks before anything is started', async () => {
    const flags = ['--name', 'never', '--cwd', '/no/such', '--require-command', 'sh', '--require-command', 'nor-this']
    const result = await banger.run(['vm', 'session', 'start', 'hive', ...flags, '--', 'no-such'])
    expect(result.status).toBe(1)
    expect(result.stderr).toContain('The guest lacks the folder /no/such, the command no-such and the command nor-this.')
    expect((await banger.run(['vm', 'session', 'show', 'hive', 'never'])).stderr).toContain('There is no session "never"')
  })

  it('are over when the VM stops, and are listed so after its next start', async () => {
    await start('last', pipe, 'sh', '-c', 'echo words; exec sleep 600')
    const child = attach('last')
    await speaks(child)
    const left = outcome(child)
    await banger.ok(['vm', 'stop', 'hive'])
    expect((await left).status).not.toBe(0)
    expect((await banger.run(['vm', 'session', 'list', 'hive'])).stderr).toContain('vm start hive')
    await banger.ok(['vm', 'start', 'hive'])
    expect((await show('last')).state).toBe('ended')
    expect(await banger.ok(['vm', 'session', 'logs', 'hive', 'last'])).toBe('words\n')
    await banger.ok(['vm', 'session', 'delete', 'hive', 'last'])
    expect(await guest('ls /var/lib/banger/sessions | wc -l')).toBe(
      `${(await banger.json<Session[]>(['vm', 'session', 'list', 'hive'])).length}\n`,
    )
  })
})
