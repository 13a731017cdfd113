import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, isAlive, until } from './banger.ts'
import { processesNaming } from './scratch.ts'

const banger = new Banger(inject('home'))

async function failure(args: string[]): Promise<{ status: number | null; code: string; hint: string }> {
  const result = await banger.run([...args, '--json'])
  const { error } = JSON.parse(result.stdout) as { error: { code: string; hint: string } }
  return { status: result.status, code: error.code, hint: error.hint }
}

describe('the verbs', () => {
  beforeAll(async () => {
    await banger.ok(['vm', 'create', '--name', 'idle', '--no-start'])
  })
  afterAll(() => banger.run(['vm', 'delete', '--force', 'idle']))

  it.each(['start', 'stop', 'kill', 'delete', 'show', 'ports', 'stats'])(
    '%s names an unknown VM and says what to do',
    async (verb) => {
      expect(await failure(['vm', verb, 'nobody'])).toMatchObject({
        status: 1,
        code: 'vm.not-found',
        hint: expect.stringContaining('vm list'),
      })
    },
  )

  it.each(['logs', 'ssh-config', 'ssh'])('%s, which prints text, does so too', async (verb) => {
    const { status, stderr } = await banger.run(['vm', verb, 'nobody'])
    expect([status, stderr]).toEqual([verb === 'ssh' ? 125 : 1, expect.stringContaining('vm list')])
  })

  it.each(['ports', 'stats'])('%s of a stopped VM says how to start it', async (verb) => {
    expect(await failure(['vm', verb, 'idle'])).toMatchObject({
      code: 'vm.not-running',
      hint: expect.stringContaining('vm start idle'),
    })
  })

  it('exec in a stopped VM says how to start it', async () => {
    const result = await banger.run(['vm', 'exec', 'idle', '--', 'true'])
    expect([result.status, result.stderr]).toEqual([125, expect.stringContaining('vm start idle')])
  })

  it('completion names what the daemon has, and an error what was meant', async () => {
    const complete = (...words: string[]) => banger.ok(['complete', 'fish', ...words])
    expect(await complete('vm', 'start', '')).toMatch(/^idle\tstopped, /m)
    const [image] = await banger.images()
    expect(await complete('vm', 'create', '--image', '')).toContain(`${image?.name}\t`)
    expect((await failure(['vm', 'show', 'idel'])).hint).toMatch(/^Did you mean "idle"\? /)
  })

  it('stop and kill of a stopped VM change nothing', async () => {
    await banger.ok(['vm', 'stop', 'idle'])
    await banger.ok(['vm', 'kill', 'idle'])
    expect((await banger.vm('idle')).state).toBe('stopped')
  })

  it('create refuses a name that is taken, a bad name, an unknown image, VMM and network', async () => {
    expect(await failure(['vm', 'create', '--name', 'idle'])).toMatchObject({ code: 'vm.exists' })
    expect(await failure(['vm', 'create', '--name', 'Not_A_Name'])).toMatchObject({ code: 'vm.bad-name' })
    expect(await failure(['vm', 'create', '--image', 'nothing'])).toMatchObject({ code: 'image.not-found' })
    expect(await failure(['vm', 'create', '--vmm', 'bochs'])).toMatchObject({
      code: 'driver.not-found',
      hint: expect.stringContaining('qemu'),
    })
    expect(await failure(['vm', 'create', '--network', 'wifi'])).toMatchObject({
      code: 'driver.not-found',
      hint: expect.stringContaining('user'),
    })
    expect((await banger.vms()).map((vm) => vm.name)).toEqual(['idle'])
  })
})

describe('a VM through its life', () => {
  it('starts, keeps its disk over a stop, refuses to be deleted while it runs, and leaves nothing', async () => {
    await banger.ok(['vm', 'create', '--name', 'life'])
    const running = await banger.vm('life')
    const pid = running.machine?.pid ?? 0
    expect([running.state, isAlive(pid)]).toEqual(['running', true])
    expect(await failure(['vm', 'start', 'life'])).toMatchObject({ code: 'vm.running' })
    expect(await failure(['vm', 'delete', 'life'])).toMatchObject({
      code: 'vm.delete-running',
      hint: expect.stringContaining('--force'),
    })
    await banger.ok(['vm', 'exec', 'life', '--', 'sh', '-c', 'echo kept > /srv/file; hostname > /srv/name'])

    const before = Date.now()
    await banger.ok(['vm', 'stop', 'life'])
    expect(Date.now() - before).toBeLessThan(40_000)
    const stopped = await banger.vm('life')
    expect([stopped.state, stopped.exit?.reason, isAlive(pid)]).toEqual(['stopped', 'guest-poweroff', false])

    await banger.ok(['vm', 'start', 'life'])
    expect(await banger.ok(['vm', 'exec', 'life', '--', 'cat', '/srv/file', '/srv/name'])).toBe('kept\nlife\n')
    await banger.ok(['vm', 'delete', '--force', 'life'])
    expect(processesNaming(running.id)).toEqual([])
    expect(existsSync(`${banger.state}/vms/${running.id}`)).toBe(false)
  })

  it('is seen as stopped within seconds of powering itself off, and can be started again', async () => {
    await banger.ok(['vm', 'create', '--name', 'self'])
    await banger.run(['vm', 'exec', 'self', '--', 'sh', '-c', 'until systemctl poweroff; do sleep 0.5; done'])
    await until(async () => (await banger.vm('self')).state === 'stopped', 60_000)
    expect((await banger.vm('self')).exit?.reason).toBe('guest-poweroff')
    await banger.ok(['vm', 'start', 'self'])
    await banger.ok(['vm', 'delete', '--force', 'self'])
  })

  it('is seen as stopped, with the reason, when its VMM is killed from outside', async () => {
    await banger.ok(['vm', 'create', '--name', 'shot'])
    process.kill((await banger.vm('shot')).machine?.pid ?? 0, 'SIGKILL')
    await until(async () => (await banger.vm('shot')).state === 'stopped')
    expect((await banger.vm('shot')).exit?.reason).toBe('killed')
    await banger.ok(['vm', 'delete', 'shot'])
  })

  it('publishes ports of the guest on the host', async () => {
    await banger.ok(['vm', 'create', '--name', 'web', '--publish', '8000'])
    const { attachment } = await banger.vm('web')
    const hostPort = attachment?.publish[0]?.hostPort ?? 0
    const server = banger.start(['vm', 'exec', 'web', '--', 'perl', '-MIO::Socket::INET', '-e', serve])
    await until(async () => (await banger.ok(['vm', 'ports', 'web', '--json'])).includes('8000'))
    expect(await (await fetch(`http://127.0.0.1:${hostPort}/`)).text()).toBe('hello')
    server.kill('SIGINT')
    await banger.ok(['vm', 'delete', '--force', 'web'])
  })

  it('names a host port that is taken', async () => {
    const { createServer } = await import('node:net')
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const address = holder.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await failure(['vm', 'create', '--publish', `${port}:80`])).toMatchObject({ code: 'port.in-use' })
    holder.close()
    expect(await banger.vms()).toEqual([])
  })

  it('answers with four others that were created at the same time', async () => {
    const names = ['one', 'two', 'three', 'four', 'five']
    await Promise.all(names.map((name) => banger.ok(['vm', 'create', '--name', name, '--memory', '512M'])))
    const answers = await Promise.all(names.map((name) => banger.ok(['vm', 'exec', name, '--', 'hostname'])))
    expect(answers.map((answer) => answer.trim())).toEqual(names)
    await banger.ok(['vm', 'delete', '--force', ...names])
    expect(await banger.vms()).toEqual([])
  })
})

const serve = `$s = IO::Socket::INET->new(LocalPort => 8000, Listen => 5, ReuseAddr => 1) or die; while ($c = $s->accept) { <$c>; print $c "HTTP/1.0 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello"; close $c }`
