import { createServer } from 'node:net'
import { type Attachment, fail, type NetworkDriver, type PublishedPort } from '@banger/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { networkChecks } from '../src/checks.ts'
import { broken } from './broken.ts'

/** What the sample network holds: ports by VM. In place of a host. */
let held = new Map<string, number[]>()
beforeEach(() => {
  held = new Map()
})

/** A network that keeps every promise, and what is to be otherwise about it. */
function network(change: Partial<NetworkDriver> = {}): NetworkDriver {
  return {
    name: 'sample',
    gives: 'user',
    probe: async () => ({ usable: true, detail: 'in the test' }),
    async attach({ vmId, publish }) {
      const ports: PublishedPort[] = []
      for (const port of publish) ports.push({ ...port, hostPort: await take(port) })
      held.set(
        vmId,
        ports.map(({ hostPort }) => hostPort),
      )
      return attachment(vmId, ports)
    },
    release: async (vmId) => void held.delete(vmId),
    reconcile: async (running) => {
      held = new Map(running.map((vm) => [vm.vmId, vm.attachment.publish.map(({ hostPort }) => hostPort)]))
    },
    ...change,
  }
}

function attachment(vmId: string, publish: PublishedPort[], guest: object = {}): Attachment {
  const mac = `52:54:00:00:00:0${vmId.at(-1)}`
  return { kind: 'user', guest: { mac, address: '10.0.2.15/24', dns: [], ...guest }, publish }
}

async function take({ hostPort, guestPort }: PublishedPort): Promise<number> {
  const taken = [...held.values()].flat().includes(hostPort)
  const port = taken ? undefined : await open(hostPort)
  if (port === undefined) throw fail('port.in-use', { address: '127.0.0.1', port: hostPort, guest: guestPort })
  return port
}

function open(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}

const snapshot = async () => JSON.stringify([...held])
const attach = network().attach

describe('the checks of a network', () => {
  test('find nothing wrong with one that keeps its promises', async () => {
    expect(await broken(networkChecks({ driver: network, snapshot }))).toEqual([])
  })

  test.each<[what: string, change: Partial<NetworkDriver>, sentence: RegExp, message: RegExp]>([
    ['one that cannot be used', { probe: async () => ({ usable: false, detail: 'no' }) }, /whether it can/, /no advice/],
    ['another kind', { gives: 'tap' }, /attachments of its kind/, /says that it gives tap/],
    ['an address that is none', { attach: async ({ vmId }) => attachment(vmId, [], { address: '10' }) }, /of its kind/, /CIDR/],
    ['one interface for all', { attach: async () => attachment('1', []) }, /of its own/, /same MAC/],
    [
      'ports that stay 0',
      { attach: async ({ vmId, publish }) => attachment(vmId, publish) },
      /chooses a free port/,
      /publishes port 0/,
    ],
    [
      'ports that are not looked at',
      { attach: async ({ vmId, publish }) => attachment(vmId, publish) },
      /listens on/,
      /should fail/,
    ],
    ['a release that works once', { release: async (id) => void (held.delete(id) || throws()) }, /as often as/, /twice/],
    ['a VM that is not let go', { release: async () => undefined }, /before it is released/, /in use/],
    ['a restart that forgets', { reconcile: async () => void (held = new Map()) }, /after a restart/, /should fail/],
    ['what is left at the end', { reconcile: async () => undefined }, /of its own/, /leaves something behind/],
    [
      'an address of its own at each start',
      {
        attach: async (request) => ({
          ...(await attach(request)),
          guest: { mac: '52:54:00:00:00:01', address: `10.0.0.${++count}/24`, dns: [] },
        }),
      },
      /over a stop/,
      /at the next start/,
    ],
  ])('find %s', async (_what, change, sentence, message) => {
    const found = await broken(networkChecks({ driver: () => network(change), snapshot }), sentence)
    expect(found).toMatchObject([{ message: expect.stringMatching(message) }])
  })
})

let count = 0

function throws(): never {
  throw new Error('it was released twice')
}
