import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { PublishedPort } from '@banger/core'
import { afterEach, describe, expect, test } from 'vitest'
import { createUserNetwork, macOf } from '../src/user-network.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A port that somebody listens on. */
async function busyPort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host)
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

async function freePort(): Promise<number> {
  const port = await busyPort()
  const server = servers.pop()
  await new Promise((resolve) => server?.close(resolve))
  return port
}

const local = (hostPort: number, guestPort = 80): PublishedPort => ({ hostAddress: '127.0.0.1', hostPort, guestPort })
const request = (vmId: string, ...publish: PublishedPort[]) => ({ vmId, vmName: vmId, publish })

describe('the user network', () => {
  test('gives every VM the same addresses behind its own NAT, and a MAC address of its own', async () => {
    const network = createUserNetwork()
    const one = await network.attach(request('vm1'))
    const two = await network.attach(request('vm2'))
    expect(one).toEqual({
      kind: 'user',
      guest: { mac: macOf('vm1'), address: '10.0.2.15/24', gateway: '10.0.2.2', dns: ['10.0.2.3'] },
      publish: [],
    })
    expect(two.guest.mac).not.toBe(one.guest.mac)
    expect(one.guest.mac).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/)
  })

  test('chooses free ports where the request leaves them open', async () => {
    const { publish } = await createUserNetwork().attach(request('vm1', local(0, 80), local(0, 443)))
    expect(publish.map((port) => port.guestPort)).toEqual([80, 443])
    expect(new Set(publish.map((port) => port.hostPort)).size).toBe(2)
    for (const port of publish) expect(port.hostPort).toBeGreaterThan(1023)
  })

  test('keeps the ports that were asked for', async () => {
    const port = await freePort()
    const { publish } = await createUserNetwork().attach(request('vm1', local(0, 1), local(port, 2)))
    expect(publish[1]).toEqual(local(port, 2))
  })

  test('refuses a port that somebody listens on, and says which', async () => {
    const port = await busyPort()
    const attach = createUserNetwork().attach(request('vm1', local(port, 8080)))
    await expect(attach).rejects.toMatchObject({ code: 'port.in-use', message: expect.stringContaining(`127.0.0.1:${port}`) })
  })

  test('refuses a port that is open on every address', async () => {
    const port = await busyPort('0.0.0.0')
    await expect(createUserNetwork().attach(request('vm1', local(port)))).rejects.toMatchObject({ code: 'port.in-use' })
  })

  test('refuses a port that is asked for twice', async () => {
    const port = await freePort()
    await expect(createUserNetwork().attach(request('vm1', local(port, 1), local(port, 2)))).rejects.toMatchObject({
      code: 'usage',
    })
  })

  test('refuses an address that this machine does not have', async () => {
    const publish: PublishedPort = { hostAddress: '203.0.113.1', hostPort: 0, guestPort: 80 }
    await expect(createUserNetwork().attach(request('vm1', publish))).rejects.toMatchObject({ code: 'usage' })
  })

  test('does not give one port to two VMs whose VMM has not opened it yet', async () => {
    const network = createUserNetwork()
    const port = await freePort()
    await network.attach(request('vm1', local(port)))
    await expect(network.attach(request('vm2', local(port)))).rejects.toMatchObject({ code: 'port.in-use' })
    await network.release('vm1')
    await expect(network.attach(request('vm2', local(port)))).resolves.toMatchObject({ publish: [local(port)] })
  })

  test('holds nothing after a refused request', async () => {
    const network = createUserNetwork()
    const [free, busy] = [await freePort(), await busyPort()]
    await expect(network.attach(request('vm1', local(free), local(busy)))).rejects.toMatchObject({ code: 'port.in-use' })
    await expect(network.attach(request('vm2', local(free)))).resolves.toBeDefined()
  })

  test('knows the ports of running VMs after a restart, and lets go of the rest', async () => {
    const network = createUserNetwork()
    const [kept, gone] = [await freePort(), await freePort()]
    await network.attach(request('vm1', local(gone)))
    const attachment = await createUserNetwork().attach(request('vm2', local(kept)))
    await network.reconcile([{ vmId: 'vm2', attachment }], new Set(['vm2']))
    await expect(network.attach(request('vm3', local(kept)))).rejects.toMatchObject({ code: 'port.in-use' })
    await expect(network.attach(request('vm3', local(gone)))).resolves.toBeDefined()
  })

  test('may be released and attached again and again', async () => {
    const network = createUserNetwork()
    await network.release('vm1')
    const port = await freePort()
    await network.attach(request('vm1', local(port)))
    await expect(network.attach(request('vm1', local(port)))).resolves.toMatchObject({ publish: [local(port)] })
  })
})
