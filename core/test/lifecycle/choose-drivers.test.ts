import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NetworkDriver } from '../../src/hooks/network.ts'
import { chooseDrivers } from '../../src/lifecycle/choose-drivers.ts'
import { type FakeEngine, fakeEngine } from './fake-engine.ts'

let engine: FakeEngine
beforeEach(async () => {
  engine = await fakeEngine()
})
afterEach(() => engine.close())

function addNetwork(name: string, gives: NetworkDriver['gives'], usable = true): void {
  const fake = engine.networks.require('fake')
  engine.networks.add(name, { ...fake, name, gives, probe: async () => ({ usable, detail: 'as told' }) })
}

function addVmm(name: string, ...attachments: NetworkDriver['gives'][]): void {
  engine.vmms.add(name, { ...engine.vmms.require('fake'), name, attachments: new Set(attachments) })
}

describe('the network that nobody chose', () => {
  it('is of the kind that the VMM likes best', async () => {
    addNetwork('bridge', 'tap')
    addVmm('both', 'user', 'tap')
    addVmm('taps-first', 'tap', 'user')
    expect(await chooseDrivers(engine, { vmm: 'both' })).toEqual({ vmm: 'both', network: 'fake' })
    expect(await chooseDrivers(engine, { vmm: 'taps-first' })).toEqual({ vmm: 'taps-first', network: 'bridge' })
  })

  it('is another one where that does not work, and none where none does', async () => {
    addNetwork('bridge', 'tap', false)
    addVmm('taps-first', 'tap', 'user')
    addVmm('taps', 'tap')
    expect(await chooseDrivers(engine, { vmm: 'taps-first' })).toEqual({ vmm: 'taps-first', network: 'fake' })
    expect(await chooseDrivers(engine, { vmm: 'taps' })).toEqual({ vmm: 'taps', network: 'none' })
  })
})

describe('a network that was asked for', () => {
  it('is refused in one sentence when the VMM does not take it or it does not work here', async () => {
    addNetwork('bridge', 'tap', false)
    addVmm('taps', 'tap')
    await expect(chooseDrivers(engine, { vmm: 'taps', network: 'fake' })).rejects.toMatchObject({
      code: 'driver.mismatch',
      message: 'The VMM taps takes the networks tap; the network fake gives user.',
    })
    await expect(chooseDrivers(engine, { vmm: 'taps', network: 'bridge' })).rejects.toMatchObject({ code: 'driver.unusable' })
  })
})
