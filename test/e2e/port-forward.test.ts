import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { PublishedPort } from '../../core/src/hooks/network.ts'
import { Banger, outcome, until } from './banger.ts'

const banger = new Banger(inject('home'))

/** A program of the guest's that listens on one of its loopback addresses alone, and says which. */
const serve = (address: string, port: number) =>
  `use IO::Socket::IP; $s = IO::Socket::IP->new(LocalHost => "${address}", LocalPort => ${port}, Listen => 50, ReuseAddr => 1) or die $@; while ($c = $s->accept) { <$c>; print $c "HTTP/1.0 200 OK\\r\\n\\r\\n${address}"; close $c }`

describe('vm port-forward to a VM without a network', () => {
  beforeAll(async () => {
    await banger.ok(['vm', 'create', '--name', 'alone', '--network', 'none'])
  })
  afterAll(() => banger.run(['vm', 'delete', '--force', 'alone']))

  it('reaches what listens on localhost alone, of both families, and ends with Ctrl-C', async () => {
    const servers = [serve('127.0.0.1', 8000), serve('::1', 8001)].map((program) =>
      banger.start(['vm', 'exec', 'alone', '--', 'perl', '-e', program]),
    )
    await until(async () => /8000[\s\S]*8001/.test(await banger.ok(['vm', 'ports', 'alone'])))
    const forwarding = banger.start(['vm', 'port-forward', 'alone', ':8000', ':8001', '--json'])
    const ended = outcome(forwarding)
    let said = ''
    forwarding.stdout?.on('data', (chunk) => (said += chunk))
    await until(() => said.endsWith(']\n'))
    const ports = (JSON.parse(said) as PublishedPort[]).map(({ hostPort }) => hostPort)
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => (await fetch(`http://127.0.0.1:${ports[index % 2]}/`)).text()),
    )
    expect(new Set(answers)).toEqual(new Set(['127.0.0.1', '::1']))
    forwarding.kill('SIGINT')
    expect((await ended).status).toBe(0)
    await expect(fetch(`http://127.0.0.1:${ports[0]}/`)).rejects.toThrow()
    for (const server of servers) server.kill('SIGINT')
  })
})
