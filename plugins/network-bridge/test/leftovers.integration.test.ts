import { describe, expect, test } from 'vitest'
import { root, World } from './world.ts'

const vm = (vmId: string) => ({ vmId, vmName: vmId, publish: [{ hostAddress: '127.0.0.1', hostPort: 0, guestPort: 80 }] })

/** A firewall as Docker, firewalld or an administrator would have it, comments, sets and counters included. */
const othersRules = `
table inet filter { set blocked { type ipv4_addr; flags interval; elements = { 203.0.113.0/24 }; }
  chain input { type filter hook input priority filter; policy accept; ip saddr @blocked counter drop comment "blocked"; } }
table ip nat { chain POSTROUTING { type nat hook postrouting priority srcnat; policy accept; ip saddr 172.17.0.0/16 oifname != "docker0" masquerade; } }
table ip6 nat { chain x { tcp dport 80 accept; }; }
table bridge filter { chain forward { type filter hook forward priority filter; policy accept; } }
table inet banger { chain other { accept; }; }
`

describe.runIf(root)('what the bridge leaves behind', () => {
  test('is nothing when the daemon stops without VMs; other rules stay byte for byte', async () => {
    await using world = await World.open()
    await world.network.run(['nft', '-f', '-'], { input: othersRules })
    const before = await world.snapshot()
    const others = await world.sh('nft -s list ruleset')
    const driver = world.driver()
    await driver.attach(vm('one'))
    expect((await world.sh('nft -s list ruleset')).startsWith(others)).toBe(true)
    await driver.release('one')
    await driver.forget?.('one')
    await driver.stop()
    expect(await world.snapshot()).toBe(before)
  })

  test('stays while VMs run, and is taken over by the next daemon', async () => {
    await using world = await World.open()
    const driver = world.driver({ tap_pool_size: 1 })
    const attachment = await driver.attach(vm('one'))
    await expect.poll(world.taps.bind(world), { timeout: 20_000 }).toHaveLength(2)
    await driver.stop()
    const before = await world.snapshot()
    world.ran.length = 0
    const next = world.driver({ tap_pool_size: 1 })
    await next.reconcile([{ vmId: 'one', attachment }], new Set(['one']))
    expect(await world.snapshot()).toBe(before)
    expect(world.ran.filter((line) => line.includes('tuntap'))).toEqual([])
  })

  test('goes with the next daemon when VMs ended while none ran', async () => {
    await using world = await World.open()
    const before = await world.snapshot()
    const driver = world.driver({ tap_pool_size: 1 })
    await driver.attach(vm('one'))
    await driver.attach(vm('two'))
    await expect.poll(world.taps.bind(world), { timeout: 20_000 }).toHaveLength(3)
    await world.driver().reconcile([], new Set(['two']))
    expect(await world.snapshot()).toBe(before)
    expect(Object.keys(world.leases)).toEqual(['two'])
    expect(world.leases.two?.tap).toBeUndefined()
  })

  test('goes when the daemon was killed between any two of its commands', async () => {
    await using world = await World.open()
    const before = await world.snapshot()
    const commands = ['type bridge', 'addrgenmode', 'address replace', 'up', 'nft add', 'tee', 'tuntap', 'master', 'bridge_slave']
    for (const last of commands) {
      const run = world.host.run
      let dead = false
      world.host.run = async (program, args, options) => {
        dead ||= [program, ...args].join(' ').includes(last)
        if (dead) throw new Error('killed')
        return run(program, args, options)
      }
      await expect(world.driver().attach(vm('one'))).rejects.toThrow('killed')
      expect(dead).toBe(true)
      world.host.run = run
      await world.driver().reconcile([], new Set())
      expect([last, await world.snapshot()]).toEqual([last, before])
    }
  })

  test('is forwarding as it was: off if banger turned it on, on if it was on or others have rules for it by now', async () => {
    await using world = await World.open()
    const forwarding = async () => (await world.sh('cat /proc/sys/net/ipv4/ip_forward')).trim()
    const cycle = async (meanwhile = 'true') => {
      const driver = world.driver()
      await driver.attach(vm('one'))
      expect(await forwarding()).toBe('1')
      await world.sh(meanwhile)
      await driver.forget?.('one')
      await driver.stop()
      return forwarding()
    }
    expect(await cycle()).toBe('0')
    expect(await cycle("nft 'table ip docker { chain f { type filter hook forward priority 0; }; }'")).toBe('1')
    await world.sh('nft flush ruleset')
    expect(await cycle()).toBe('1')
  })

  test('is mended when somebody flushed all rules, turned forwarding off or removed the bridge', async () => {
    await using world = await World.open()
    const driver = world.driver({ tap_pool_size: 0 })
    await driver.attach(vm('one'))
    const masters = () => world.sh('ip -json link show | grep -o "\\"master\\":\\"[a-z0-9]*" | sort | uniq -c')
    const before = [await world.sh('nft -s list ruleset'), await world.sh('ip -o -4 address show dev banger0')]
    await world.sh('nft flush ruleset; echo 0 > /proc/sys/net/ipv4/ip_forward; ip link delete banger0')
    await driver.attach(vm('two'))
    await expect.poll(masters, { timeout: 20_000 }).toMatch(/^ *2 "master":"banger0/)
    const after = [await world.sh('nft -s list ruleset'), await world.sh('ip -o -4 address show dev banger0')]
    expect(after.map((text) => text.replace(/^\d+: /, ''))).toEqual(before.map((text) => text.replace(/^\d+: /, '')))
    expect(await world.sh('cat /proc/sys/net/ipv4/ip_forward')).toBe('1\n')
  })

  test('changes to new settings when no VM is on the bridge any more', async () => {
    await using world = await World.open()
    const before = await world.snapshot()
    const attachment = await world.driver().attach(vm('one'))
    const driver = world.driver({ bridge_name: 'other', cidr: '10.9.0.0/24' })
    await driver.reconcile([{ vmId: 'one', attachment }], new Set(['one']))
    expect((await driver.attach(vm('two'))).guest.address).toBe('172.16.0.3/24')
    await driver.release('one')
    await driver.release('two')
    await driver.stop()
    expect(await world.snapshot()).toBe(before)
    const next = world.driver({ bridge_name: 'other', cidr: '10.9.0.0/24' })
    await next.reconcile([], new Set(['one', 'two']))
    expect((await next.attach(vm('two'))).guest.address).toBe('10.9.0.2/24')
    expect(await world.sh('ip -brief link')).not.toContain('banger0')
  })
})
