import { describe, expect, it } from 'vitest'
import type { NetworkDriver } from '../../src/hooks/network.ts'
import { Registry } from '../../src/hooks/registry.ts'
import type { VmmDriver } from '../../src/hooks/vmm.ts'
import { chooseDrivers } from '../../src/lifecycle/choose-drivers.ts'
import type { Engine } from '../../src/lifecycle/engine.ts'
import { aKernel } from '../samples.ts'

/** What works on a machine, and what its configuration says. */
interface Machine {
  fast?: string
  slow?: string
  tap?: string
  user?: string
  config?: { vmm?: string; network?: string }
}

const notHere = (reason: string | undefined, advice: string) =>
  reason ? { usable: false, detail: reason, advice } : { usable: true, detail: 'works' }

function engine({ fast, slow, tap, user, config }: Machine = {}): Engine {
  const vmms = new Registry<VmmDriver>('VMM', (driver) => driver.name)
  const vmm = (name: string, own: Partial<VmmDriver>) => vmms.add(name, { name, features: new Set(), ...own } as VmmDriver)
  vmm('fast', {
    preference: 20,
    attachments: new Set(['tap']),
    kernelNeeds: new Set(['virtioMmio', 'vsock']),
    probe: async () => notHere(fast, 'Install fast.'),
  })
  vmm('slow', {
    preference: 10,
    attachments: new Set(['user', 'tap']),
    kernelNeeds: new Set(['virtioPci']),
    probe: async () => notHere(slow, 'Install slow.'),
  })
  const networks = new Registry<NetworkDriver>('network', (driver) => driver.name)
  const network = (own: Partial<NetworkDriver> & { name: string }) => networks.add(own.name, own as NetworkDriver)
  network({ name: 'user', gives: 'user', probe: async () => notHere(user, 'Install user.') })
  network({ name: 'bridge', gives: 'tap', probe: async () => notHere(tap, 'Let it use sudo.') })
  return { vmms, networks, config: { vmm: 'auto', network: 'auto', ...config } } as unknown as Engine
}

describe('of the drivers', () => {
  it('the preferred pair is taken where it works, and the next one that has a network elsewhere', async () => {
    expect(await chooseDrivers(engine(), {})).toEqual({ vmm: 'fast', network: 'bridge' })
    expect(await chooseDrivers(engine({ fast: 'no KVM' }), {})).toEqual({ vmm: 'slow', network: 'user' })
    expect(await chooseDrivers(engine({ fast: 'no KVM', user: 'no slirp' }), {})).toEqual({ vmm: 'slow', network: 'bridge' })
    expect(await chooseDrivers(engine({ tap: 'no sudo' }), {})).toEqual({ vmm: 'slow', network: 'user' })
    expect(await chooseDrivers(engine({ fast: 'no KVM', tap: 'no sudo' }), {})).toEqual({ vmm: 'slow', network: 'user' })
  })

  it('those named are taken: by the request, else by the configuration', async () => {
    const config = { vmm: 'slow', network: 'user' }
    expect(await chooseDrivers(engine(), config)).toEqual(config)
    expect(await chooseDrivers(engine({ config }), {})).toEqual(config)
    expect(await chooseDrivers(engine({ config }), { network: 'none' })).toEqual({ vmm: 'slow', network: 'none' })
    expect(await chooseDrivers(engine({ config }), { vmm: 'auto', network: 'auto' })).toEqual({ vmm: 'fast', network: 'bridge' })
  })

  it('a named network chooses among the VMMs that take it', async () => {
    expect(await chooseDrivers(engine(), { network: 'user' })).toEqual({ vmm: 'slow', network: 'user' })
  })

  it('the kernel leaves out those that cannot boot it', async () => {
    const kernel = (features: object) => aKernel({ features: { ...aKernel().features, ...features } })
    expect(await chooseDrivers(engine(), {}, kernel({ vsock: false }))).toEqual({ vmm: 'slow', network: 'user' })
    await expect(chooseDrivers(engine(), { vmm: 'fast' }, kernel({ vsock: false, virtioMmio: false }))).rejects.toMatchObject({
      code: 'driver.kernel',
      message: 'The VMM fast needs a kernel with virtio-mmio and virtio-vsock, which the kernel "generic" lacks.',
    })
  })

  it('two that do not fit are told apart in one sentence', async () => {
    await expect(chooseDrivers(engine(), { vmm: 'fast', network: 'user' })).rejects.toMatchObject({
      code: 'driver.mismatch',
      message: 'The VMM fast takes networks of the kind tap, and the network user is of the kind user.',
    })
  })

  it('one that does not work is named with its reason and what to do, and is never replaced in silence', async () => {
    await expect(chooseDrivers(engine({ fast: 'no KVM' }), { vmm: 'fast' })).rejects.toMatchObject({
      code: 'driver.unusable',
      message: 'The VMM "fast" cannot be used here: no KVM',
      hint: 'Install fast.',
    })
    await expect(chooseDrivers(engine({ tap: 'no sudo' }), { vmm: 'fast' })).rejects.toMatchObject({
      message: 'The network "bridge" cannot be used here: no sudo',
      hint: 'Let it use sudo. Or do without: --network none.',
    })
  })

  it('when none works, the reasons of all are told', async () => {
    await expect(chooseDrivers(engine({ fast: 'no KVM', slow: 'not installed' }), {})).rejects.toMatchObject({
      message: 'The VMM "auto" cannot be used here: fast: no KVM; slow: not installed',
      hint: 'Install fast. Or: Install slow.',
    })
  })

  it('a VMM without any network to fit is used without one', async () => {
    const bare = { ...engine(), networks: new Registry<NetworkDriver>('network', (driver) => driver.name) } as Engine
    expect(await chooseDrivers(bare, {})).toEqual({ vmm: 'fast', network: 'none' })
  })
})
