import type { Attachment } from '@banger/core'
import { describe, expect, test } from 'vitest'
import type { NetworkNamespace } from '../../../test/e2e/network-namespace.ts'
import { root, World } from './world.ts'

const vm = (vmId: string) => ({ vmId, vmName: vmId, publish: [] })
const addressOf = ({ guest }: Attachment): string => guest.address.split('/')[0] ?? ''

/** Whether an address answers a ping. */
async function reaches(from: NetworkNamespace, address: string): Promise<boolean> {
  const script = 'use Net::Ping; exit !Net::Ping->new("icmp", 1)->ping(shift)'
  return (await from.run(['perl', '-e', script, address])).status === 0
}

describe.runIf(root)('packets on the bridge', () => {
  test('go between VMs, to the host and back, and out through NAT', async () => {
    await using world = await World.open()
    await using elsewhere = await world.neighbour()
    const driver = world.driver()
    const [a, b] = [await driver.attach(vm('one')), await driver.attach(vm('two'))]
    await using one = await world.guest(a)
    await using two = await world.guest(b)
    expect(await reaches(one, addressOf(b))).toBe(true)
    expect(await reaches(two, '172.16.0.1')).toBe(true)
    expect(await reaches(world.network, addressOf(a))).toBe(true)
    // It has no way back to 172.16.0.0/24: what it answers came from the host's address.
    expect(await reaches(one, '10.1.0.2')).toBe(true)
    expect(await reaches(elsewhere, addressOf(a))).toBe(false)
  })

  test('do not go between VMs that are kept apart, not by way of the host either; all else goes on', async () => {
    await using world = await World.open()
    await using _elsewhere = await world.neighbour()
    const driver = world.driver({ isolate: true })
    const [a, b] = [await driver.attach(vm('one')), await driver.attach(vm('two'))]
    await using one = await world.guest(a, true)
    await using two = await world.guest(b, true)
    expect(await reaches(one, addressOf(b))).toBe(false)
    const bridge = (await world.sh('cat /sys/class/net/banger0/address 2>/dev/null || ip -json link show banger0')).match(
      /(..:){5}../,
    )?.[0]
    await one.sh(`ip neigh replace ${addressOf(b)} lladdr ${bridge} dev eth0`)
    await two.sh(`ip neigh replace ${addressOf(a)} lladdr ${bridge} dev eth0`)
    expect(await reaches(one, addressOf(b))).toBe(false)
    expect(await reaches(one, '172.16.0.1')).toBe(true)
    expect(await reaches(one, '10.1.0.2')).toBe(true)
    expect(await reaches(world.network, addressOf(b))).toBe(true)
  })

  test('of other machines reach neither a VM nor the bridge, though the host forwards', async () => {
    await using world = await World.open()
    await using elsewhere = await world.neighbour()
    const a = await world.driver().attach(vm('one'))
    await using one = await world.guest(a)
    await elsewhere.sh('ip route add 172.16.0.0/24 via 10.1.0.1')
    expect(await reaches(elsewhere, addressOf(a))).toBe(false)
    expect(await reaches(elsewhere, '172.16.0.1')).toBe(false)
    expect(await reaches(elsewhere, '10.1.0.1')).toBe(true)
    expect(await reaches(one, '10.1.0.2')).toBe(true)
  })

  test('with an address that is not of the bridge’s network go nowhere', async () => {
    await using world = await World.open()
    await using elsewhere = await world.neighbour()
    await using one = await world.guest(await world.driver().attach(vm('one')))
    await one.sh('ip address add 10.2.0.2/32 dev lo; ip route replace default via 172.16.0.1 src 10.2.0.2')
    await elsewhere.sh('ip route add 10.2.0.0/24 via 10.1.0.1')
    await world.sh('ip route add 10.2.0.0/24 via 172.16.0.2')
    expect(await reaches(one, '10.1.0.2')).toBe(false)
  })
})
