import { describe, expect, it } from 'vitest'
import { Registry } from '../../src/hooks/registry.ts'

describe('a registry', () => {
  const make = () => new Registry<{ name: string }>('VMM', (value) => value.name)

  it('names both plugins when a name is taken twice', () => {
    const registry = make()
    registry.add('first-plugin', { name: 'qemu' })
    expect(() => registry.add('second-plugin', { name: 'qemu' })).toThrowError(
      expect.objectContaining({
        code: 'plugin.duplicate',
        message: 'The plugins first-plugin and second-plugin both provide the VMM "qemu".',
      }),
    )
  })

  it('lists what there is when a name is unknown', () => {
    const registry = make()
    registry.add('p', { name: 'qemu' })
    expect(() => registry.require('bochs')).toThrowError(
      expect.objectContaining({ code: 'driver.not-found', hint: 'Available: qemu.' }),
    )
  })
})
