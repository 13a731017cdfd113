import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Attachment, type Host, type NetworkDriver, type NetworkRequest, refusedPort } from '@banger/core'
import { networkOf } from './ipv4.ts'
import { leaseAddress } from './leases.ts'
import { domain, macOf } from './names.ts'
import { probeBridge } from './probe.ts'
import { bridgeFor, type RaisedBridge } from './raised-bridge.ts'
import { serial } from './serial.ts'
import type { Settings } from './settings.ts'
import { hasPlugged, servedVms, type State, usedTaps, type VmEntry, withVm } from './state.ts'
import { loadState, removeState, saveState } from './state-file.ts'

/** The network `bridge`: every VM on a tap of one bridge, with an address that stays its own, behind the host's NAT. */
export interface BridgeNetwork extends NetworkDriver {
  /** The daemon stops. Without a VM that is plugged in, the bridge goes. */
  stop(): Promise<void>
}

export function createBridgeNetwork(host: Host, settings: Settings): BridgeNetwork {
  const file = join(host.dirs.state, 'network-bridge.json')
  const inTurn = serial()
  const report = (what: string) => (error: unknown) => host.log.error({ err: error }, what)
  let raised: RaisedBridge | undefined

  async function raise(state: State): Promise<RaisedBridge> {
    const bridge = raised ?? (await prepare(state))
    await bridge.raise(usedTaps(state), async () => {
      state.forwarding = true
      await save(state)
    })
    raised = bridge
    return bridge
  }

  /** Other settings than those the bridge was made with wait until no VM is on it. */
  async function prepare(state: State): Promise<RaisedBridge> {
    if (state.made && !hasPlugged(state) && !isDeepStrictEqual(state.made, settings)) await lower(state)
    state.made ??= settings
    await save(state)
    return bridgeFor(host, state.made, serveAgain)
  }

  async function lower(state: State): Promise<void> {
    if (!state.made) return
    await (raised ?? bridgeFor(host, state.made)).lower(state.forwarding)
    raised = undefined
    state.forwarding = false
    delete state.made
    await save(state)
  }

  /** No file is left when there is nothing to remember. */
  async function save(state: State): Promise<void> {
    if (!state.made && Object.keys(state.vms).length === 0) await removeState(file)
    else await saveState(file, state)
  }

  async function attach(request: NetworkRequest): Promise<Attachment> {
    const state = await loadState(file)
    await unplug(state, request.vmId)
    const there = (await raised?.isThere()) ? raised : undefined
    // Its rules are mended afterwards: a tap from the pool is ready at once.
    if (there) void inTurn(async () => raise(await loadState(file))).catch(report('the bridge could not be mended'))
    try {
      return await plug(there ?? (await raise(state)), state, request)
    } catch (error) {
      if (!there && !hasPlugged(state)) await lower(state).catch(report('the bridge could not be removed'))
      throw error
    }
  }

  async function plug(
    { settings: made, pool, service }: RaisedBridge,
    before: State,
    request: NetworkRequest,
  ): Promise<Attachment> {
    const { vmId, vmName: name, publish, owner } = request
    const address = leaseAddress(before, made, vmId)
    const tap = await pool.take(owner)
    try {
      const asked = withVm(before, vmId, { name, address, tap, publish })
      await save(asked)
      const { ports, refused } = await service.set(servedVms(asked))
      for (const { vmId: whose, port, ...reason } of refused) if (whose === vmId) throw refusedPort(port, reason)
      const vm = { name, address, tap, publish: ports[vmId] ?? [] }
      await save(withVm(before, vmId, vm))
      pool.refill()
      return attachmentOf(vmId, vm, made)
    } catch (error) {
      await pool.remove(tap).catch(report('a tap could not be removed'))
      await save(before).catch(report('the state of the bridge could not be written'))
      await service.set(servedVms(before)).catch(report('the service of the bridge does not run'))
      throw error
    }
  }

  /** A tap that cannot be removed is no reason not to let the VM go: the next start of the daemon removes it. */
  async function unplug(state: State, vmId: string): Promise<void> {
    const vm = state.vms[vmId]
    if (!vm?.tap) return
    const { pool, service } = raised ?? bridgeFor(host, state.made ?? settings)
    await pool.remove(vm.tap).catch(report('a tap could not be removed'))
    delete vm.tap
    vm.publish = []
    await save(state)
    if (!raised) return
    await service.set(servedVms(state)).catch(report('the service of the bridge does not run'))
    pool.refill()
  }

  async function forget(state: State, vmId: string): Promise<void> {
    await unplug(state, vmId)
    if (!state.vms[vmId]) return
    delete state.vms[vmId]
    await save(state)
  }

  async function reconcile(running: Parameters<NetworkDriver['reconcile']>[0], existing: ReadonlySet<string>): Promise<void> {
    const state = await loadState(file)
    const plugged = new Map(running.map(({ vmId, attachment }) => [vmId, attachment]))
    for (const [vmId, vm] of Object.entries(state.vms)) {
      if (!existing.has(vmId)) delete state.vms[vmId]
      else if (!plugged.has(vmId)) delete vm.tap
    }
    for (const [vmId, attachment] of plugged) {
      if (attachment.kind === 'tap') state.vms[vmId] = entryOf(attachment, state.vms[vmId]?.name ?? vmId)
    }
    if (!state.made && !hasPlugged(state)) return save(state)
    if (!hasPlugged(state)) return lower(state)
    const { pool } = await raise(state)
    await save(state)
    await serve(state)
    pool.refill()
  }

  /** Tells a service that may know of nothing of all VMs. */
  async function serve(state: State): Promise<void> {
    const answer = await raised?.service.set(servedVms(state))
    for (const { vmId, port, message } of answer?.refused ?? [])
      host.log.warn({ vm: state.vms[vmId]?.name, port, reason: message }, 'a published port could not be opened again')
  }

  function serveAgain(): void {
    const again = async () => serve(await loadState(file))
    setTimeout(() => void inTurn(again).catch(report('the service of the bridge does not run')), 1000).unref()
  }

  async function stop(): Promise<void> {
    const state = await loadState(file)
    if (!hasPlugged(state)) return lower(state)
    await raised?.pool.close()
    await raised?.service.leave()
  }

  return {
    name: 'bridge',
    gives: 'tap',
    probe: () => probeBridge(host),
    attach: (request) => inTurn(() => attach(request)),
    release: (vmId) => inTurn(async () => unplug(await loadState(file), vmId)),
    forget: (vmId) => inTurn(async () => forget(await loadState(file), vmId)),
    reconcile: (running, existing) => inTurn(() => reconcile(running, existing)),
    stop: () => inTurn(stop),
  }
}

function attachmentOf(vmId: string, vm: Required<VmEntry>, { address, cidr }: Settings): Attachment {
  return {
    kind: 'tap',
    device: vm.tap,
    guest: {
      mac: macOf(vmId),
      address: `${vm.address}/${networkOf(cidr).prefix}`,
      gateway: address,
      dns: [address],
      search: [domain],
    },
    publish: vm.publish,
  }
}

function entryOf({ device, guest, publish }: Extract<Attachment, { kind: 'tap' }>, name: string): VmEntry {
  return { name, address: guest.address.split('/')[0] ?? '', tap: device, publish }
}
