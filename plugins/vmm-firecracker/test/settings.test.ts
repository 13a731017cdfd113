import { homedir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { readSettings } from '@banger/core'
import { settings, toSettings } from '../src/settings.ts'

const dirs = { config: '/home/me/.config/banger', state: '', cache: '', data: '', runtime: '' }
const read = (config: Record<string, unknown>) =>
  toSettings(readSettings({ config: () => config, dirs }, 'vmm-firecracker', settings), { dirs })

describe('the settings', () => {
  test('are none by default: the program is looked for in PATH', () => {
    expect(read({})).toEqual({ firecracker: 'firecracker', disk: {}, network: {} })
  })

  test('name programs by path, relative to the configuration, or by name', () => {
    expect(read({ firecracker_bin: '~/fc/firecracker' }).firecracker).toBe(`${homedir()}/fc/firecracker`)
    expect(read({ firecracker_bin: '../fc' }).firecracker).toBe('/home/me/.config/fc')
    expect(read({ firecracker_bin: 'firecracker-1.13' }).firecracker).toBe('firecracker-1.13')
    expect(read({ jailer: true }).jailer).toBe('jailer')
    expect(read({ jailer: true, jailer_bin: '/opt/jailer' }).jailer).toBe('/opt/jailer')
    expect(read({ jailer: false, jailer_bin: '/opt/jailer' }).jailer).toBeUndefined()
  })

  test('give rates in bytes a second', () => {
    expect(read({ balloon_mib: 64, disk_mib_per_second: 1.5, disk_ops_per_second: 100, network_mib_per_second: 10 })).toEqual({
      firecracker: 'firecracker',
      balloon: 64,
      disk: { bandwidth: 1_572_864, ops: 100 },
      network: { bandwidth: 10_485_760 },
    })
  })

  test.each([
    [{ jailer: 'yes' }, 'plugins.vmm-firecracker.jailer'],
    [{ balloon_mib: -1 }, 'plugins.vmm-firecracker.balloon_mib'],
    [{ disk_mib_per_second: 0 }, 'plugins.vmm-firecracker.disk_mib_per_second'],
    [{ firecracker_bin: '' }, ': firecracker_bin'],
  ])('that are wrong are named: %j', (config, name) => {
    expect(() => read(config)).toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(name) }),
    )
  })
  test('that are unknown are named, and the one that they resemble', () => {
    expect(() => read({ baloon_mib: 1 })).toThrow(expect.objectContaining({ hint: 'Did you mean "balloon_mib"?' }))
  })
})
