import type { Attachment } from '@banger/core'
import { describe, expect, test } from 'vitest'
import { macOf } from '../src/names.ts'
import { root, World } from './world.ts'

const vm = (vmId: string) => ({ vmId, vmName: vmId, publish: [] })
const addressOf = ({ guest }: Attachment): string => guest.address
const deviceOf = (attachment: Attachment): string => (attachment.kind === 'tap' ? attachment.device : '')

/** Waits until something holds, while the driver works in the background. */
const eventually = (holds: () => Promise<boolean>) => expect.poll(holds, { timeout: 20_000, interval: 30 }).toBe(true)

describe.runIf(root)('the driver of the bridge', () => {
  test('plugs a VM into a tap that belongs to the user, with an address, a gateway and a name server', async () => {
    await using world = await World.open()
    const attachment = await world.driver().attach(vm('one'))
    expect(attachment).toEqual({
      kind: 'tap',
      device: expect.stringMatching(/^bgr[0-9a-f]{4}-0000$/),
      guest: { mac: macOf('one'), address: '172.16.0.2/24', gateway: '172.16.0.1', dns: ['172.16.0.1'], search: ['banger'] },
      publish: [],
    })
    const [tap] = JSON.parse(await world.sh(`ip -json -details link show dev ${deviceOf(attachment)}`))
    expect(tap).toMatchObject({
      master: 'banger0',
      flags: expect.arrayContaining(['UP']),
      linkinfo: { info_data: { user: 'root' } },
    })
    expect(await world.sh('ip -6 address show dev banger0; ip -6 route show dev banger0')).toBe('')
  })

  test('plugs a VM whose VMM runs as another user into a tap of that user, and never into a ready one', async () => {
    await using world = await World.open()
    const driver = world.driver({ tap_pool_size: 2 })
    await driver.attach(vm('one'))
    await eventually(async () => (await world.taps()).length === 3)
    const ready = await world.taps()
    const device = deviceOf(await driver.attach({ ...vm('jailed'), owner: 1879048192 }))
    expect(ready).not.toContain(device)
    expect(await world.sh(`ip -details link show dev ${device}`)).toMatch(/user 1879048192\b/)
    await driver.release('jailed')
    expect(await world.taps()).not.toContain(device)
  })

  test('gives a ready tap at once, and fills the pool up again', async () => {
    await using world = await World.open()
    const driver = world.driver({ tap_pool_size: 2 })
    await driver.attach(vm('one'))
    await eventually(async () => (await world.taps()).length === 3)
    const ready = await world.taps()
    expect(ready).toContain(deviceOf(await driver.attach(vm('two'))))
    await eventually(async () => (await world.taps()).length === 4)
  })

  test('works without a pool', async () => {
    await using world = await World.open()
    const driver = world.driver({ tap_pool_size: 0 })
    const device = deviceOf(await driver.attach(vm('one')))
    expect(await world.taps()).toEqual([device])
    await driver.release('one')
    expect(await world.taps()).toEqual([])
  })

  test('gives many VMs at once taps and addresses of their own', async () => {
    await using world = await World.open()
    const driver = world.driver()
    const attachments = await Promise.all(Array.from({ length: 12 }, (_, index) => driver.attach(vm(`vm${index}`))))
    expect(new Set(attachments.map(deviceOf)).size).toBe(12)
    expect(new Set(attachments.map(addressOf)).size).toBe(12)
  })

  test('lets a VM keep its address while it exists, also over a restart of the daemon, and not longer', async () => {
    await using world = await World.open()
    const driver = world.driver({ cidr: '10.9.0.0/29' })
    const addresses = [addressOf(await driver.attach(vm('one'))), addressOf(await driver.attach(vm('two')))]
    await driver.release('one')
    await driver.release('two')
    await driver.stop()
    const next = world.driver({ cidr: '10.9.0.0/29' })
    await next.reconcile([], new Set(['one', 'two']))
    expect(addressOf(await next.attach(vm('two')))).toBe(addresses[1])
    expect(addressOf(await next.attach(vm('one')))).toBe(addresses[0])
    await next.forget?.('one')
    await next.forget?.('two')
    expect(world.leases).toEqual({})
  })

  test('lets a freed address rest as long as others are free', async () => {
    await using world = await World.open()
    const driver = world.driver({ cidr: '10.9.0.0/29' })
    const given: string[] = []
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
      given.push(addressOf(await driver.attach(vm(id))))
      await driver.forget?.(id)
    }
    expect(given.map((address) => address.slice(7, 8))).toEqual(['2', '3', '4', '5', '6', '2'])
  })

  test('says that all addresses are taken, and takes none then', async () => {
    await using world = await World.open()
    const driver = world.driver({ cidr: '10.9.0.0/30' })
    await driver.attach(vm('one'))
    await expect(driver.attach(vm('two'))).rejects.toMatchObject({
      code: 'network.full',
      message: 'No address of 10.9.0.0/30 is free: VMs have all 1.',
      hint: expect.stringContaining('cidr'),
    })
    expect(Object.keys(world.leases)).toEqual(['one'])
    await driver.release('one')
    await expect(driver.attach(vm('two'))).rejects.toMatchObject({ code: 'network.full' })
    await driver.forget?.('one')
    await expect(driver.attach(vm('two'))).resolves.toBeDefined()
  })

  test('hands the pool out to its end when no taps can be made any more, then says so and leaves nothing', async () => {
    await using world = await World.open()
    const driver = world.driver({ tap_pool_size: 2 })
    await driver.attach(vm('one'))
    await eventually(async () => (await world.taps()).length === 3)
    world.failing = 'tuntap'
    await driver.attach(vm('two'))
    await driver.attach(vm('three'))
    await expect(driver.attach(vm('four'))).rejects.toMatchObject({
      code: 'network.no-tap',
      message: expect.stringContaining('none can be made on banger0'),
      hint: expect.stringContaining('banger doctor'),
    })
    expect(Object.keys(world.leases)).toEqual(['one', 'two', 'three'])
    world.failing = undefined
    await driver.attach(vm('four'))
    await eventually(async () => (await world.taps()).length === 6)
  })

  test.each(['type bridge', 'address replace', 'nft add', 'tee', 'tuntap', 'bridge_slave', 'bridge-service'])(
    'leaves nothing when "%s" fails',
    async (failing) => {
      await using world = await World.open()
      const before = await world.snapshot()
      world.failing = failing
      const detach = world.host.detach
      world.host.detach = (...args) => (failing === 'bridge-service' ? detach('false', [], args[2]) : detach(...args))
      await expect(world.driver().attach(vm('one'))).rejects.toBeDefined()
      expect(await world.snapshot()).toBe(before)
      expect(world.leases).toEqual({})
    },
  )

  test('may be asked twice for everything', async () => {
    await using world = await World.open()
    const driver = world.driver({ tap_pool_size: 0 })
    await driver.release('one')
    await driver.forget?.('one')
    const first = await driver.attach(vm('one'))
    const second = await driver.attach(vm('one'))
    expect(addressOf(second)).toBe(addressOf(first))
    expect(await world.taps()).toEqual([deviceOf(second)])
    for (let i = 0; i < 2; i++) await driver.release('one')
    for (let i = 0; i < 2; i++) await driver.forget?.('one')
    expect(await world.taps()).toEqual([])
  })

  test('releases a VM whose tap somebody removed', async () => {
    await using world = await World.open()
    const driver = world.driver()
    await world.sh(`ip link delete ${deviceOf(await driver.attach(vm('one')))}`)
    await driver.release('one')
    expect(world.logged).toEqual([])
  })

  test('sets VMs apart when it is told to', async () => {
    await using world = await World.open()
    const device = deviceOf(await world.driver({ isolate: true }).attach(vm('one')))
    expect(await world.sh(`bridge -details link show dev ${device}`)).toContain('isolated on')
    expect(await world.sh('nft list chain inet banger_banger0 forward')).toContain('iifname "banger0" oifname "banger0" drop')
  })

  test('refuses an interface of somebody else, and addresses that are in use', async () => {
    await using world = await World.open()
    await world.sh(
      'ip link add banger0 type bridge; ip link add lan type bridge; ip link set lan up; ip route add 10.0.0.0/8 dev lan',
    )
    const before = await world.snapshot()
    await expect(world.driver().attach(vm('one'))).rejects.toMatchObject({
      code: 'network.conflict',
      message: expect.stringContaining('an interface of that name'),
    })
    await expect(world.driver({ bridge_name: 'other', cidr: '10.9.0.0/24' }).attach(vm('one'))).rejects.toMatchObject({
      code: 'network.conflict',
      message: 'The bridge other cannot be made: the addresses 10.9.0.0/24 are in use by lan (10.0.0.0/8).',
    })
    expect(await world.snapshot()).toBe(before)
    await expect(world.driver({ bridge_name: 'other' }).attach(vm('one'))).resolves.toBeDefined()
  })
})
