import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, until } from './banger.ts'
import { NetworkNamespace } from './network-namespace.ts'
import { Scratch } from './scratch.ts'

const root = process.getuid?.() === 0
if (!root) console.warn('not root: the tests of the bridge, which make network namespaces, are left out')

/** A firewall of somebody else. */
const othersRules = `table inet filter { set blocked { type ipv4_addr; flags interval; elements = { 203.0.113.0/24 }; }
  chain input { type filter hook input priority filter; policy accept; ip saddr @blocked counter drop comment "blocked"; } }
table ip nat { chain POSTROUTING { type nat hook postrouting priority srcnat; policy accept; ip saddr 172.17.0.0/16 masquerade; } }`

describe.runIf(root)('VMs on the bridge', () => {
  let host: NetworkNamespace
  let elsewhere: NetworkNamespace
  let banger: Scratch
  let before: string

  beforeAll(async () => {
    host = await NetworkNamespace.open()
    elsewhere = await NetworkNamespace.open()
    await host.connect({ device: 'lan', address: '10.1.0.1/24' }, elsewhere, { device: 'eth0', address: '10.1.0.2/24' })
    await host.setResolver('172.16.0.1')
    await host.run(['nft', '-f', '-'], { input: othersRules })
    before = await snapshot()
    banger = new Scratch({}, host.prefix)
    await banger.borrow(new Banger(inject('home')))
    await Promise.all([create('one', '--publish', '8080:80'), create('two')])
  })
  afterAll(async () => {
    await banger?.[Symbol.asyncDispose]()
    await elsewhere?.[Symbol.asyncDispose]()
    await host?.[Symbol.asyncDispose]()
  })

  const create = (name: string, ...more: string[]) =>
    banger.ok(['vm', 'create', '--name', name, '--network', 'bridge', '--memory', '512M', ...more])
  const inside = (name: string, ...command: string[]) => banger.run(['vm', 'exec', name, '--', ...command])
  const ping = (target: string) => ['perl', '-e', 'use Net::Ping; exit !Net::Ping->new("icmp", 5)->ping(shift)', target]
  const leases = () => `${banger.state}/network-bridge.json`

  async function address(name: string): Promise<string> {
    return (await banger.vm(name)).attachment?.guest.address.split('/')[0] ?? ''
  }

  async function taps(): Promise<string[]> {
    return ((await host.sh('ip -brief link show type tun')).match(/^bgr\S+/gm) ?? []).sort()
  }

  /** All that the bridge could leave in the host's network. */
  function snapshot(): Promise<string> {
    return host.sh('ip -o link; ip -o -4 address; ip route; nft -s list ruleset; cat /proc/sys/net/ipv4/ip_forward; ss -Hlntu')
  }

  it('reach each other, the host, and through NAT a server that knows only the host', async () => {
    const server = elsewhere.start(['perl', '-MIO::Socket::INET', '-e', serve])
    await once(server.stdout ?? server, 'data')
    expect(await inside('one', ...ping(await address('two')))).toMatchObject({ status: 0 })
    expect(await inside('two', ...ping('172.16.0.1'))).toMatchObject({ status: 0 })
    expect(await host.run(ping(await address('one')))).toMatchObject({ status: 0 })
    expect(await inside('one', 'perl', '-MIO::Socket::INET', '-e', call, '10.1.0.2:80')).toMatchObject({ stdout: 'for 10.1.0.1' })
  })

  it('are known by name, to each other and to the host, and are shown with their address', async () => {
    const two = await address('two')
    expect((await inside('one', 'getent', 'hosts', 'two')).stdout).toMatch(new RegExp(`^${two} +two`))
    expect((await host.run(['getent', 'hosts', 'two.banger'])).stdout).toMatch(new RegExp(`^${two} +two.banger`))
    expect((await inside('one', 'getent', 'hosts', 'host.banger')).stdout).toContain('172.16.0.1')
    expect(await banger.ok(['vm', 'list'])).toContain(two)
    expect(await banger.ok(['vm', 'show', 'two'])).toContain(`${two} (two.banger)`)
  })

  it('are reached at their own ports and at published ones, as vm ports says', async () => {
    const server = banger.start(['vm', 'exec', 'one', '--', 'perl', '-MIO::Socket::INET', '-e', serve])
    await once(server.stdout ?? server, 'data')
    const one = await address('one')
    expect(await banger.ok(['vm', 'ports', 'one'])).toContain(`127.0.0.1:8080, ${one}:80`)
    for (const place of ['127.0.0.1:8080', `${one}:80`])
      expect(await host.run(['perl', '-MIO::Socket::INET', '-e', call, place])).toMatchObject({ stdout: 'for 172.16.0.1' })
    server.kill('SIGINT')
  })

  it('keep their network over the death of the daemon, and their address over a restart of their own', async () => {
    const two = await address('two')
    await banger.killDaemon()
    expect(await host.run(['getent', 'hosts', 'two.banger'])).toMatchObject({ status: 0 })
    expect(await host.run(ping(two))).toMatchObject({ status: 0 })
    await banger.ok(['vm', 'stop', 'two'])
    await banger.ok(['vm', 'start', 'two'])
    expect(await address('two')).toBe(two)
    expect(await inside('one', ...ping('two'))).toMatchObject({ status: 0 })
  })

  it('leave no tap and no address in use when their VMM is killed, and neither when nobody sees it', async () => {
    const tap = async (name: string) => ((await banger.vm(name)).attachment as { device: string }).device
    const first = await tap('two')
    process.kill((await banger.vm('two')).machine?.pid ?? 0, 'SIGKILL')
    await until(async () => (await banger.vm('two')).state === 'stopped')
    expect(await taps()).not.toContain(first)
    expect((await host.run(['getent', 'hosts', 'two.banger'])).stdout).toBe('')
    await banger.ok(['vm', 'start', 'two'])

    const [pid, second] = [(await banger.vm('two')).machine?.pid ?? 0, await tap('two')]
    await banger.killDaemon()
    process.kill(pid, 'SIGKILL')
    await until(async () => (await banger.vm('two')).state === 'stopped')
    await until(async () => !(await taps()).includes(second))
  })

  it('do not reach each other when they are kept apart, but all the rest', async () => {
    await banger.ok(['vm', 'stop', 'one', 'two'])
    await banger.ok(['daemon', 'stop'])
    mkdirSync(`${banger.home}/.config/banger`, { recursive: true })
    writeFileSync(`${banger.home}/.config/banger/config.toml`, '[plugins.network-bridge]\nisolate = true\n')
    await Promise.all([banger.ok(['vm', 'start', 'one']), banger.ok(['vm', 'start', 'two'])])
    expect((await inside('one', ...ping(await address('two')))).status).not.toBe(0)
    for (const target of ['172.16.0.1', '10.1.0.2']) expect(await inside('one', ...ping(target))).toMatchObject({ status: 0 })
    expect(await host.run(ping(await address('two')))).toMatchObject({ status: 0 })
    expect(await inside('one', 'getent', 'hosts', 'two')).toMatchObject({ status: 0 })
  })

  it('leave nothing at all when they are deleted and the daemon stops; the rules of others are byte for byte as they were', async () => {
    await banger.ok(['vm', 'delete', '--force', 'one', 'two'])
    expect(existsSync(leases()) ? JSON.parse(await host.sh(`cat ${leases()}`)).vms : {}).toEqual({})
    await banger.ok(['daemon', 'stop'])
    expect(await snapshot()).toBe(before)
    expect(readdirSync(banger.state).filter((name) => name.startsWith('network-bridge'))).toEqual([])
  })
})

/** Serves to everybody who connects on port 80 its address, after a newline. */
const serve = `$s = IO::Socket::INET->new(LocalPort => 80, Listen => 9, ReuseAddr => 1) or die; $| = 1; print "on\\n";
  while ($c = $s->accept) { <$c>; print $c "for " . $c->peerhost; close $c }`

const call = '$s = IO::Socket::INET->new(PeerAddr => shift, Timeout => 20) or die "$@"; print $s "\\n"; print <$s>'
