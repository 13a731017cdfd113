import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findVm } from '../../src/lifecycle/engine.ts'
import { findImage, findKernel } from '../../src/lifecycle/find.ts'
import { anImage, aKernel, aVm } from '../samples.ts'
import { type FakeEngine, fakeEngine } from './fake-engine.ts'

describe('what a name leads to', () => {
  let engine: FakeEngine
  beforeEach(async () => {
    engine = await fakeEngine()
    engine.store.vms.put(aVm({ name: 'testbox' }))
    engine.store.images.put(anImage({ name: 'debian-bookworm' }))
    engine.store.kernels.put(aKernel({ name: 'generic-6.1' }))
  })
  afterEach(() => engine.close())

  it('is the VM, image or kernel of that name', () => {
    expect(findVm(engine, 'testbox').name).toBe('testbox')
    expect(findImage(engine, 'debian-bookworm').name).toBe('debian-bookworm')
    expect(findKernel(engine, 'generic-6.1').name).toBe('generic-6.1')
  })

  it('is told where it was misspelt', () => {
    const hintOf = (find: () => unknown): unknown => {
      try {
        return find()
      } catch (error) {
        return (error as { hint?: string }).hint
      }
    }
    expect(hintOf(() => findVm(engine, 'tetsbox'))).toMatch(/^Did you mean "testbox"\? See what you have with: banger vm list/)
    expect(hintOf(() => findImage(engine, 'debian-bokworm'))).toMatch(/^Did you mean "debian-bookworm"\? See /)
    expect(hintOf(() => findKernel(engine, 'generic-61'))).toMatch(/^Did you mean "generic-6.1"\? See /)
    expect(hintOf(() => findVm(engine, 'frobnicate'))).toMatch(/^See /)
  })
})
