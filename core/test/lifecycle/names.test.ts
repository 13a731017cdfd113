import { describe, expect, it } from 'vitest'
import { checkName, inventId, inventName } from '../../src/lifecycle/names.ts'

describe('names', () => {
  it('of VMs are host names', () => {
    for (const good of ['a', 'box-1', '0x']) expect(() => checkName(good, 'VM')).not.toThrow()
    for (const bad of ['', 'Box', '-a', 'a-', 'a.b', 'a b', '../x', 'x'.repeat(64)]) {
      expect(() => checkName(bad, 'VM')).toThrowError(expect.objectContaining({ code: 'vm.bad-name' }))
    }
  })

  it('of images and kernels may have dots, and never lead out of their folder', () => {
    expect(() => checkName('generic-6.1', 'kernel')).not.toThrow()
    for (const bad of ['..', '.hidden', 'a/b', ''])
      expect(() => checkName(bad, 'image')).toThrowError(expect.objectContaining({ code: 'vm.bad-name' }))
  })

  it('are invented so that no one has them, also when all pairs are taken', () => {
    let asked = 0
    const name = inventName(() => asked++ < 50)
    expect(name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
    expect(inventId()).toMatch(/^[a-z0-9]{12}$/)
  })
})
