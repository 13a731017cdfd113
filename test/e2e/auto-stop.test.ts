import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { VmEntry } from '../../core/src/protocol/model.ts'
import { Banger, until } from './banger.ts'
import { Scratch } from './scratch.ts'

const serve = `$s = IO::Socket::INET->new(LocalPort => 8000, Listen => 5, ReuseAddr => 1) or die; while ($c = $s->accept) { <$c>; print $c "HTTP/1.0 200 OK\\r\\n\\r\\nhello"; close $c }`

describe('a VM that nobody uses', () => {
  let scratch: Scratch
  beforeAll(async () => {
    scratch = new Scratch()
    mkdirSync(`${scratch.home}/.config/banger`, { recursive: true })
    const intervals = 'stats_poll_interval = "1s"\nmetrics_poll_interval = "1s"\nauto_stop_stale_after = "8s"\n'
    writeFileSync(`${scratch.home}/.config/banger/config.toml`, intervals)
    await scratch.borrow(new Banger(inject('home')))
    await scratch.ok(['vm', 'create', '--name', 'box', '--network', 'user', '--publish', '8000'])
  })
  afterAll(() => scratch[Symbol.asyncDispose]())

  const entry = () => scratch.json<VmEntry>(['vm', 'show', 'box'])

  it('is kept while a command runs in it, and shows what it uses', async () => {
    await scratch.ok(['vm', 'exec', 'box', '--', 'sleep', '12'])
    const vm = await entry()
    expect(vm).toMatchObject({
      state: 'running',
      usage: { guest: { memory: expect.any(Object) }, host: { memory: expect.any(Number) } },
    })
    expect(await scratch.ok(['vm', 'show', 'box'])).toMatch(
      /idle: .*stops in[\s\S]*in the guest: .*memory[\s\S]*on this host: .*disk/,
    )
  })

  it('is kept while its published port is asked now and then, by connections that end at once', async () => {
    await scratch.ok([
      'vm',
      'exec',
      'box',
      '--',
      'sh',
      '-c',
      `setsid perl -MIO::Socket::INET -e '${serve}' >/dev/null 2>&1 </dev/null &`,
    ])
    await until(async () => (await scratch.ok(['vm', 'ports', 'box'])).includes('8000'))
    const port = (await entry()).attachment?.publish[0]?.hostPort
    for (let round = 0; round < 6; round++) {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello')
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
    expect((await entry()).state).toBe('running')
  })

  it('is kept while a session runs in it', async () => {
    await scratch.ok(['vm', 'exec', 'box', '--detach', '--', 'sleep', '12'])
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    expect((await entry()).state).toBe('running')
  })

  it('is stopped after that, and says why', async () => {
    await until(async () => (await entry()).state === 'stopped', 90_000)
    const because = 'Nobody used it for 8s (auto_stop_stale_after).'
    expect((await entry()).exit).toEqual({ reason: 'stale', detail: because })
    expect(readFileSync(`${scratch.state}/bangerd.log`, 'utf8')).toContain(`"reason":"${because}"`)
    expect(await scratch.ok(['vm', 'show', 'box'])).toContain(because)
    await scratch.ok(['vm', 'start', 'box'])
    expect((await entry()).state).toBe('running')
  })
})
