import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contains, formatAddress, networkOf, overlap, parseAddress, parseNetwork, usableRange } from '../src/ipv4.ts'

const addresses = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('addresses', () => {
  test('are the same after they were written and read', () => {
    fc.assert(fc.property(addresses, (address) => parseAddress(formatAddress(address)) === address))
    expect(formatAddress(0xac100001)).toBe('172.16.0.1')
  })

  test.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.4 ', '1.2.3.-4', '0x1.2.3.4', '１.2.3.4'])(
    'are not "%s"',
    (text) => expect(parseAddress(text)).toBeUndefined(),
  )

  test('are read from no other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const address = parseAddress(text)
        return address === undefined || formatAddress(address) === text
      }),
    )
  })
})

describe('networks', () => {
  test.each(['172.16.0.1/24', '172.16.0.0', '172.16.0.0/33', '172.16.0.0/', '172.16.0.0/024', '/24', '172.16.0.0/24/24'])(
    'are not "%s"',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  )

  test('leave their first and last address to no machine', () => {
    const { first, last } = usableRange(networkOf('10.1.2.0/29'))
    expect([formatAddress(first), formatAddress(last)]).toEqual(['10.1.2.1', '10.1.2.6'])
  })

  test('overlap when one contains the other, and only then', () => {
    const networks = fc
      .tuple(addresses, fc.integer({ min: 1, max: 32 }))
      .map(([address, prefix]) => ({ base: address - (address % 2 ** (32 - prefix)), prefix }))
    fc.assert(fc.property(networks, networks, (a, b) => overlap(a, b) === (contains(a, b) || contains(b, a))))
    expect(contains(networkOf('10.0.0.0/8'), networkOf('10.9.0.0/24'))).toBe(true)
    expect(overlap(networkOf('10.9.0.0/24'), networkOf('10.9.1.0/24'))).toBe(false)
  })
})
