import { fail } from '../errors.ts'
import type { NetworkDriver } from '../hooks/network.ts'
import type { VmmDriver } from '../hooks/vmm.ts'
import type { Engine } from './engine.ts'

/**
 * The VMM and the network for a VM: those asked for, else the first VMM by name that works here and, of the networks that
 * work here, the one whose kind of attachment it likes best. `none` is a network for every VMM.
 * @throws driver.not-found, driver.unusable, driver.mismatch
 */
export async function chooseDrivers(
  engine: Engine,
  request: { vmm?: string; network?: string },
): Promise<{ vmm: string; network: string }> {
  const vmm = request.vmm ? await usableVmm(engine.vmms.require(request.vmm)) : await firstUsableVmm(engine)
  return { vmm: vmm.name, network: await chooseNetwork(engine, vmm, request.network) }
}

async function chooseNetwork(engine: Engine, vmm: VmmDriver, asked: string | undefined): Promise<string> {
  if (asked === 'none') return 'none'
  if (asked) {
    const network = engine.networks.require(asked)
    if (!vmm.attachments.has(network.gives)) throw mismatch(vmm, network)
    const probe = await network.probe()
    if (!probe.usable)
      throw fail('driver.unusable', {
        kind: 'network',
        name: asked,
        reason: probe.detail,
        advice: probe.advice ?? 'Choose another with --network.',
      })
    return asked
  }
  for (const kind of vmm.attachments) {
    for (const network of engine.networks.values())
      if (network.gives === kind && (await network.probe()).usable) return network.name
  }
  return 'none'
}

async function firstUsableVmm(engine: Engine): Promise<VmmDriver> {
  let error: unknown
  for (const vmm of engine.vmms.values()) {
    try {
      return await usableVmm(vmm)
    } catch (reason) {
      error ??= reason
    }
  }
  throw error ?? fail('driver.not-found', { kind: 'VMM', name: 'auto', available: 'none' })
}

async function usableVmm(vmm: VmmDriver): Promise<VmmDriver> {
  const probe = await vmm.probe()
  if (!probe.usable)
    throw fail('driver.unusable', {
      kind: 'VMM',
      name: vmm.name,
      reason: probe.detail,
      advice: probe.advice ?? 'See: banger doctor',
    })
  return vmm
}

function mismatch(vmm: VmmDriver, network: NetworkDriver) {
  return fail('driver.mismatch', {
    vmm: vmm.name,
    network: network.name,
    takes: [...vmm.attachments].join(', '),
    gives: network.gives,
  })
}
