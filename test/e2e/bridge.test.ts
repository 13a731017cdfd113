import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger } from './banger.ts'
import { NetworkNamespace } from './network-namespace.ts'
import { Scratch } from './scratch.ts'

const root = process.getuid?.() === 0
if (!root) console.warn('not root: the tests of the bridge, which make network namespaces, are left out')

describe.runIf(root)('VMs on the bridge', () => {
  let host: NetworkNamespace
  let banger: Scratch

  beforeAll(async () => {
    host = await NetworkNamespace.open()
    banger = new Scratch({}, host.prefix)
    await banger.borrow(new Banger(inject('home')))
    await Promise.all(
      ['one', 'two'].map((name) => banger.ok(['vm', 'create', '--name', name, '--network', 'bridge', '--memory', '512M'])),
    )
  })
  afterAll(async () => {
    await banger?.[Symbol.asyncDispose]()
    await host?.[Symbol.asyncDispose]()
  })

  const address = async (name: string): Promise<string> => (await banger.vm(name)).attachment?.guest.address.split('/')[0] ?? ''
  const ping = (target: string): string[] => [
    'perl',
    '-e',
    'use Net::Ping; exit !Net::Ping->new("icmp", 10)->ping(shift)',
    target,
  ]

  it('reach each other and the host, and the host reaches them', async () => {
    await banger.ok(['vm', 'exec', 'one', '--', ...ping(await address('two'))])
    await banger.ok(['vm', 'exec', 'two', '--', ...ping('172.16.0.1')])
    expect(await host.run(ping(await address('one')))).toMatchObject({ status: 0 })
  })
})
