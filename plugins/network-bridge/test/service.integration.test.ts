import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { PublishedPort } from '@banger/core'
import { describe, expect, test } from 'vitest'
import type { NetworkNamespace } from '../../../test/e2e/network-namespace.ts'
import { root, World } from './world.ts'

const vm = (vmId: string, ...publish: PublishedPort[]) => ({ vmId, vmName: vmId, publish })
const port = (hostPort: number, guestPort: number, hostAddress = '127.0.0.1'): PublishedPort => ({
  hostAddress,
  hostPort,
  guestPort,
})

/** Serves `text` to everybody who connects; resolves when it listens. */
async function serve(where: NetworkNamespace, listenPort: number, text: string): Promise<AsyncDisposable> {
  const script = `$s = IO::Socket::INET->new(LocalPort => ${listenPort}, Listen => 9, ReuseAddr => 1) or die; $| = 1; print "on\\n";
    while ($c = $s->accept) { my $peer = $c->peerhost; while (<$c>) { last if /^\\r?$/ } print $c "${text} $peer"; close $c }`
  const server = where.start(['perl', '-MIO::Socket::INET', '-e', script])
  await new Promise((resolve) => server.stdout?.once('data', resolve))
  return { [Symbol.asyncDispose]: () => end(server) }
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
}

/** What a server says to whoever connects; '' when nobody can. */
async function call(from: NetworkNamespace, address: string): Promise<string> {
  const script = `$s = IO::Socket::INET->new(PeerAddr => "${address}", Timeout => 2) or exit; print $s "\\n"; shutdown $s, 1; print <$s>`
  return (await from.run(['perl', '-MIO::Socket::INET', '-e', script])).stdout
}

async function resolve(from: NetworkNamespace, name: string): Promise<string> {
  const { stdout } = await from.run(['getent', 'ahostsv4', name])
  return stdout.split(/\s/)[0] ?? ''
}

describe.runIf(root)('names on the bridge', () => {
  test('of VMs are known to VMs and to the host, as long as they are plugged in', async () => {
    await using world = await World.open()
    const driver = world.driver()
    await using one = await world.guest(await driver.attach(vm('one')))
    await driver.attach(vm('two'))
    await world.network.setResolver('172.16.0.1')
    expect(await resolve(one, 'two')).toBe('172.16.0.3')
    expect(await resolve(one, 'two.banger')).toBe('172.16.0.3')
    expect(await resolve(one, 'host.banger')).toBe('172.16.0.1')
    expect(await resolve(world.network, 'one.banger')).toBe('172.16.0.2')
    expect((await one.run(['getent', 'hosts', '172.16.0.3'])).stdout).toMatch(/172\.16\.0\.3 +two\.banger/)
    await driver.release('two')
    expect(await resolve(one, 'two')).toBe('')
  })

  test('of others are asked for where the host asks, or where it was told to', async () => {
    await using world = await World.open()
    await using elsewhere = await world.neighbour()
    const nameServer = elsewhere.start([
      process.execPath,
      new URL('fixtures/name-server.ts', import.meta.url).pathname,
      '10.1.0.2',
    ])
    await new Promise((resolve) => nameServer.stdout?.once('data', resolve))
    await world.network.setResolver('10.1.0.2')
    for (const settings of [{}, { default_dns: '10.1.0.2' }]) {
      const driver = world.driver(settings)
      await using one = await world.guest(await driver.attach(vm('one')))
      expect(await resolve(one, 'short.example')).toBe('192.0.2.1')
      // Its answer is too long for UDP: the resolver asks again over TCP.
      expect((await one.run(['getent', 'ahostsv4', 'long.example'])).stdout.match(/STREAM/g)).toHaveLength(100)
      expect(await resolve(one, 'unknown.example')).toBe('')
      await driver.forget?.('one')
      await driver.stop()
    }
    await end(nameServer)
  })
})

describe.runIf(root)('published ports on the bridge', () => {
  test('lead into the VM, and are closed when it goes', async () => {
    await using world = await World.open()
    const driver = world.driver()
    const attachment = await driver.attach(vm('one', port(8080, 80), port(0, 80, '0.0.0.0')))
    await using one = await world.guest(attachment)
    await using _ = await serve(one, 80, 'one saw')
    await using lan = await world.neighbour()
    const [, any] = attachment.publish
    expect(any?.hostPort).toBeGreaterThan(1023)
    expect(await call(world.network, '127.0.0.1:8080')).toBe('one saw 172.16.0.1')
    expect(await call(lan, `10.1.0.1:${any?.hostPort}`)).toBe('one saw 172.16.0.1')
    expect(await call(lan, '10.1.0.1:8080')).toBe('')
    await driver.release('one')
    expect(await call(world.network, '127.0.0.1:8080')).toBe('')
  })

  test('are refused when somebody has them, and nothing is left of the VM then', async () => {
    await using world = await World.open()
    const driver = world.driver()
    await driver.attach(vm('one', port(8080, 80)))
    await expect(driver.attach(vm('two', port(0, 1), port(8080, 2)))).rejects.toMatchObject({ code: 'port.in-use' })
    await expect(driver.attach(vm('two', port(7070, 1), port(7070, 2)))).rejects.toMatchObject({ code: 'port.in-use' })
    await expect(driver.attach(vm('two', port(0, 80, '203.0.113.1')))).rejects.toMatchObject({ code: 'usage' })
    expect(Object.keys(world.leases)).toEqual(['one'])
    expect((await world.sh('ss -Hlnt')).match(/127\.0\.0\.1/g)).toHaveLength(1)
    await expect(driver.attach(vm('two', port(7070, 1)))).resolves.toMatchObject({ publish: [port(7070, 1)] })
  })

  test('carry long streams unchanged both ways at once, and their ends', async () => {
    await using world = await World.open()
    await using one = await world.guest(await world.driver().attach(vm('one', port(8080, 80))))
    const echo = one.start([
      process.execPath,
      '-e',
      "require('net').createServer({ allowHalfOpen: true }, (s) => s.pipe(s)).listen(80, () => console.log('on'))",
    ])
    await new Promise((resolve) => echo.stdout?.once('data', resolve))
    const client = `const { createHash, randomBytes } = require('crypto'); const sent = randomBytes(8 << 20)
      const hash = (data) => createHash('sha256').update(data).digest('hex'); const received = []
      const s = require('net').connect(8080, '127.0.0.1').on('data', (d) => received.push(d)).on('end', () => console.log(hash(sent) === hash(Buffer.concat(received))))
      s.end(sent)`
    expect(await world.network.run([process.execPath, '-e', client])).toMatchObject({ stdout: 'true\n' })
    await end(echo)
  })
})

describe.runIf(root)('the service of the bridge', () => {
  /** Its pid: it is the only program with this home in its command line. */
  const pidOf = (world: World): number =>
    readdirSync('/proc')
      .map(Number)
      .find((pid) => pid && commandLine(pid).includes(`bridge-service`) && commandLine(pid).includes(world.home)) ?? 0

  test('outlives the daemon, and the next one finds it with its connections', async () => {
    await using world = await World.open()
    const driver = world.driver()
    const attachment = await driver.attach(vm('one', port(8080, 80)))
    await using one = await world.guest(attachment)
    await using _ = await serve(one, 80, 'one saw')
    const pid = pidOf(world)
    await driver.stop()
    expect(await call(world.network, '127.0.0.1:8080')).toBe('one saw 172.16.0.1')
    const next = world.driver()
    await next.reconcile([{ vmId: 'one', attachment }], new Set(['one']))
    expect(pidOf(world)).toBe(pid)
    expect(await call(world.network, '127.0.0.1:8080')).toBe('one saw 172.16.0.1')
  })

  test('is started again when it was killed, with the same ports and names', async () => {
    await using world = await World.open()
    await using one = await world.guest(await world.driver().attach(vm('one', port(8080, 80))))
    await using _ = await serve(one, 80, 'one saw')
    process.kill(pidOf(world), 'SIGKILL')
    await expect.poll(() => call(world.network, '127.0.0.1:8080'), { timeout: 20_000 }).toBe('one saw 172.16.0.1')
    expect(await resolve(one, 'one.banger')).toBe('172.16.0.2')
  })

  test('says why it does not run', async () => {
    await using world = await World.open()
    const blocker = world.network.start([
      process.execPath,
      '-e',
      "require('dgram').createSocket('udp4').bind(15353, () => console.log('on'))",
    ])
    await new Promise((resolve) => blocker.stdout?.once('data', resolve))
    await expect(world.driver().attach(vm('one'))).rejects.toMatchObject({
      code: 'network.service-failed',
      message: expect.stringContaining('EADDRINUSE'),
    })
    expect(await world.taps()).toEqual([])
    await end(blocker)
  })
})

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}
