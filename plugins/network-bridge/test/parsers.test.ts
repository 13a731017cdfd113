import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFirewall } from '../src/firewall.ts'
import { ownTaps, parseLinks, parseRoutes } from '../src/links.ts'
import { namesFor, tapIndex, tapName } from '../src/names.ts'

describe('what ip and nft print', () => {
  test('are links with their kind, bridge and isolation', () => {
    const tap = { ifname: 't0', address: '02:00:00:00:00:01', flags: ['UP'], master: 'br0', linkinfo: { info_kind: 'tun' } }
    const slave = { info_kind: 'tun', info_slave_kind: 'bridge', info_slave_data: { isolated: true } }
    expect(parseLinks(JSON.stringify([tap, { ...tap, flags: [], linkinfo: slave }, { ifname: 'lo' }, {}, null, 1]))).toEqual([
      { name: 't0', mac: '02:00:00:00:00:01', kind: 'tun', master: 'br0', up: true },
      { name: 't0', mac: '02:00:00:00:00:01', kind: 'tun', master: 'br0', isolated: true, up: false },
      { name: 'lo', mac: '', up: false },
    ])
  })

  test('are routes, with a single address as a network of one', () => {
    const routes = [
      { dst: 'default', dev: 'eth0' },
      { dst: '10.0.0.0/8', dev: 'tun0' },
      { dst: '10.1.1.1', dev: 'x' },
      { dst: '10.2.0.0/16' },
    ]
    expect(parseRoutes(JSON.stringify(routes)).map(({ network, device }) => `${network} ${device}`)).toEqual([
      'default eth0',
      '10.0.0.0/8 tun0',
      '10.1.1.1/32 x',
      '10.2.0.0/16 ',
    ])
    expect(parseRoutes('')).toEqual([])
  })

  test('are chains with a hook, and rules', () => {
    const chain = { family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', policy: 'drop' }
    const rule = { family: 'ip', table: 'filter', chain: 'FORWARD', expr: [{ accept: null }] }
    const nftables = [{ metainfo: {} }, { chain: { family: 'ip', table: 'filter', name: 'x' } }, { chain }, { rule }, null]
    const rules = [{ table: 'filter', text: JSON.stringify(rule) }]
    expect(parseFirewall(JSON.stringify({ nftables }))).toEqual({ chains: [chain], rules })
  })

  test('are taken apart whatever values they have', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        parseLinks(json)
        parseRoutes(json)
        parseFirewall(json)
      }),
    )
  })
})

describe('the names of taps', () => {
  const names = namesFor('/home/you/.local/state/banger', 'banger0')

  test('fit into 15 characters and are told from those of another banger', () => {
    const other = namesFor('/home/me/.local/state/banger', 'banger0')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), (index) => {
        const name = tapName(names, index)
        expect([name.length <= 15, tapIndex(names, name), tapIndex(other, name)]).toEqual([true, index, undefined])
      }),
    )
    expect(other.bridgeMac).not.toBe(names.bridgeMac)
  })

  test('are not those of other interfaces', () => {
    const links = ['eth0', 'tap0', tapName(names, 3), `${tapName(names, 3)}0`, `${names.tapPrefix}zzzz`]
    expect(
      ownTaps(
        names,
        links.map((name) => ({ name, mac: '', up: true })),
      ),
    ).toEqual([{ name: tapName(names, 3), mac: '', up: true }])
  })
})
