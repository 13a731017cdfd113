import { describe, expect, test } from 'vitest'
import { readSettings } from '@banger/core'
import { settings as declaration } from '../src/settings.ts'

const dirs = { config: '/home/.config/banger', state: '', cache: '', data: '', runtime: '' }
const read = (settings: Record<string, unknown>) => readSettings({ dirs, config: () => settings }, 'network-bridge', declaration)

describe('the settings of the bridge', () => {
  test('have defaults', () => {
    expect(read({})).toEqual({ bridge: 'banger0', address: '172.16.0.1', cidr: '172.16.0.0/24', poolSize: 4, isolate: false })
  })

  test('put the bridge at the first address of its network, or where they say', () => {
    expect(read({ cidr: '10.9.0.0/16' }).address).toBe('10.9.0.1')
    expect(read({ cidr: '10.9.0.0/16', bridge_ip: '10.9.255.254' }).address).toBe('10.9.255.254')
    expect(read({ default_dns: '9.9.9.9', tap_pool_size: 0, bridge_name: 'br-fc', isolate: true })).toMatchObject({
      dns: '9.9.9.9',
      poolSize: 0,
      bridge: 'br-fc',
      isolate: true,
    })
  })

  test.each([
    [{ bridge_name: '' }, 'bridge_name: must begin with a letter'],
    [{ bridge_name: 'a-name-that-is-too-long' }, 'bridge_name: must begin with a letter'],
    [{ bridge_name: 'br 0' }, 'bridge_name: must begin with a letter'],
    [{ bridge_name: 'br0"; flush ruleset' }, 'bridge_name: must begin with a letter'],
    [{ bridge_name: 'lo' }, 'bridge_name: is a name that Linux uses itself'],
    [{ bridge_name: 7 }, 'bridge_name: '],
    [{ cidr: '172.16.0.0' }, 'cidr: must be an IPv4 network'],
    [{ cidr: '172.16.0.1/24' }, 'cidr: must be an IPv4 network'],
    [{ cidr: 'fd00::/64' }, 'cidr: must be an IPv4 network'],
    [{ cidr: '10.0.0.0/8' }, 'cidr: must have a prefix from /16 to /30'],
    [{ cidr: '172.16.0.0/31' }, 'cidr: must have a prefix from /16 to /30'],
    [{ cidr: '171.16.0.0/24' }, 'cidr: must lie in a private range'],
    [{ bridge_ip: '172.16.0' }, 'bridge_ip: must be an IPv4 address'],
    [{ bridge_ip: '172.16.1.1' }, "bridge_ip: must be from 172.16.0.1 to 172.16.0.254, a machine's address in cidr"],
    [{ bridge_ip: '172.16.0.0' }, 'bridge_ip: must be from 172.16.0.1'],
    [{ bridge_ip: '172.16.0.255' }, 'bridge_ip: must be from 172.16.0.1'],
    [{ tap_pool_size: 1.5 }, 'tap_pool_size: must be a whole number'],
    [{ tap_pool_size: -1 }, 'tap_pool_size: must be 0 or more'],
    [{ tap_pool_size: 65 }, 'tap_pool_size: must be 64 or less'],
    [{ default_dns: 'dns.example' }, 'default_dns: must be an IPv4 address'],
    [{ isolate: 'yes' }, 'plugins.network-bridge.isolate: must be true or false'],
  ])('refuse %j and name the key', (settings, reason) => {
    expect(() => read(settings)).toThrow(`The configuration in /home/.config/banger/config.toml is not valid: ${reason}`)
  })
  test('are asked after when one resembles an unknown key', () => {
    expect(() => read({ isolated: true })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('"plugins.network-bridge.isolated"'),
        hint: 'Did you mean "isolate"?',
      }),
    )
  })
})
