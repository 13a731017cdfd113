import { fail } from '../errors.ts'
import type { NetworkDriver } from '../hooks/network.ts'
import type { Registry } from '../hooks/registry.ts'
import type { KernelNeed, VmmDriver } from '../hooks/vmm.ts'
import type { Kernel } from '../protocol/model.ts'
import type { Engine } from './engine.ts'

/**
 * The VMM and the network for a VM. What the request leaves open the configuration says, and what that leaves to `auto` the drivers'
 * own words decide: whether they work here, which VMM is preferred, and which kind of network it likes best. A VMM with a network goes
 * before one without.
 * `none` is a network for every VMM.
 * @param kernel the one it will boot, once that is known
 * @throws driver.not-found, driver.mismatch, driver.kernel, driver.unusable
 */
export async function chooseDrivers(
  engine: Engine,
  request: { vmm?: string; network?: string },
  kernel?: Kernel,
): Promise<{ vmm: string; network: string }> {
  const network = request.network ?? engine.config.network
  const networks = network === 'none' ? [] : candidates(engine.networks, network)
  const preferred = candidates(engine.vmms, request.vmm ?? engine.config.vmm).toSorted((a, b) => b.preference - a.preference)
  const bootable = thatBoot(preferred, kernel)
  const [named] = network === 'auto' ? [] : networks
  const vmms = await usable('VMM', named ? thatTake(bootable, named) : bootable)
  const fitting = networks.filter(({ gives }) => vmms.some(({ attachments }) => attachments.has(gives)))
  const working = fitting.length > 0 ? await usable('network', fitting, ' Or do without: --network none.') : []
  const pairs = vmms.flatMap(({ name, attachments }) =>
    [...attachments].flatMap((kind) => working.filter(({ gives }) => gives === kind).map((each) => [name, each.name] as const)),
  )
  const [vmm, chosen] = pairs[0] ?? [vmms[0].name, 'none']
  return { vmm, network: chosen }
}

/** The driver of that name, or with `auto` all of them. */
function candidates<T>(registry: Registry<T>, name: string): T[] {
  return name === 'auto' ? registry.values() : [registry.require(name)]
}

function thatBoot(vmms: VmmDriver[], kernel: Kernel | undefined): VmmDriver[] {
  const [first] = vmms
  if (!first) throw fail('driver.not-found', { kind: 'VMM', name: 'auto', available: 'none' })
  if (!kernel) return vmms
  const lacking = (vmm: VmmDriver): KernelNeed[] => [...vmm.kernelNeeds].filter((need) => !kernel.features[need])
  const able = vmms.filter((vmm) => lacking(vmm).length === 0)
  if (able.length > 0) return able
  const needs = lacking(first).map((need) => needNames[need])
  throw fail('driver.kernel', { vmm: first.name, kernel: kernel.name, needs: needs.join(' and ') })
}

const needNames: Record<KernelNeed, string> = { virtioPci: 'virtio-pci', virtioMmio: 'virtio-mmio', vsock: 'virtio-vsock' }

function thatTake(vmms: VmmDriver[], network: NetworkDriver): VmmDriver[] {
  const able = vmms.filter((vmm) => vmm.attachments.has(network.gives))
  if (able.length > 0) return able
  const [{ name, attachments }] = vmms as [VmmDriver]
  throw fail('driver.mismatch', { vmm: name, network: network.name, takes: [...attachments].join(' or '), gives: network.gives })
}

/** Those of the drivers that work here. @throws driver.unusable when none does, with the reasons of all */
async function usable<T extends Pick<VmmDriver | NetworkDriver, 'name' | 'probe'>>(
  kind: string,
  drivers: T[],
  otherwise = '',
): Promise<[T, ...T[]]> {
  const probes = await Promise.all(drivers.map(async (driver) => ({ driver, probe: await driver.probe() })))
  const [first, ...others] = probes.filter(({ probe }) => probe.usable).map(({ driver }) => driver)
  if (first) return [first, ...others]
  const [only] = probes.length === 1 ? probes : []
  throw fail('driver.unusable', {
    kind,
    name: only?.driver.name ?? 'auto',
    reason: only?.probe.detail ?? probes.map(({ driver, probe }) => `${driver.name}: ${probe.detail}`).join('; '),
    advice: probes.flatMap(({ probe }) => probe.advice ?? []).join(' Or: ') + otherwise || 'See: banger doctor',
  })
}
