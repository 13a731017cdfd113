import { join } from 'node:path'
import { type Attachment, fail, type Host, type NetworkDriver, type NetworkRequest } from '@banger/core'
import { lowerBridge, raiseBridge } from './bridge.ts'
import { isForwarding, stopForwarding } from './forwarding.ts'
import { leaseAddress } from './leases.ts'
import { domain, macOf } from './names.ts'
import { probeBridge } from './probe.ts'
import { serial } from './serial.ts'
import { known, type Settings } from './settings.ts'
import { loadState, removeState, saveState, type State } from './state-file.ts'
import { createTapPool, type TapPool } from './tap-pool.ts'
import { type Tools, toolsFor } from './tools.ts'

/** The network `bridge`: every VM on a tap of one bridge, with an address that stays its own, behind the host's NAT. */
export interface BridgeNetwork extends NetworkDriver {
  /** The daemon stops. Without a VM that uses it, the bridge goes. */
  stop(): Promise<void>
}

/** What is there while the bridge is. */
interface Raised {
  tools: Tools
  pool: TapPool
}

export function createBridgeNetwork(host: Host, settings: Settings): BridgeNetwork {
  const file = join(host.dirs.state, 'network-bridge.json')
  const inTurn = serial()
  const report = (what: string) => (error: unknown) => host.log.error({ err: error }, what)
  let raised: Raised | undefined

  /** Makes the bridge or mends it: somebody may have flushed all nftables rules, or removed an interface. */
  async function raise(state: State): Promise<Raised> {
    const { tools, pool } = raised ?? (await prepare(state))
    await raiseBridge(tools)
    await forward(tools, state)
    await pool.restore(usedTaps(state))
    raised = { tools, pool }
    return raised
  }

  /** Other settings than those the bridge was made with wait until no VM is on it. */
  async function prepare(state: State): Promise<Raised> {
    if (state.made && !hasPlugged(state) && !sameSettings(state.made, settings)) await lower(state)
    const tools = toolsFor(host, state.made ?? settings)
    state.made = tools.settings
    await save(state)
    return { tools, pool: createTapPool(tools) }
  }

  async function forward(tools: Tools, state: State): Promise<void> {
    if (await isForwarding(tools)) return
    state.forwarding = true
    await save(state)
    await tools.run(tools.commands.setForwarding(true))
  }

  async function lower(state: State): Promise<void> {
    await raised?.pool.close()
    raised = undefined
    if (!state.made) return
    const tools = toolsFor(host, state.made)
    await lowerBridge(tools)
    if (state.forwarding) await stopForwarding(tools)
    state.forwarding = false
    delete state.made
    await save(state)
  }

  /** No file is left when there is nothing to remember. */
  async function save(state: State): Promise<void> {
    if (!state.made && Object.keys(state.vms).length === 0) await removeState(file)
    else await saveState(file, state)
  }

  /** A tap that stays is no reason not to let the VM go: the next start of the daemon removes it. */
  async function unplug(state: State, vmId: string): Promise<void> {
    const vm = state.vms[vmId]
    if (!vm?.tap) return
    const pool = raised?.pool ?? createTapPool(toolsFor(host, state.made ?? settings))
    await pool.remove(vm.tap).catch(report('a tap could not be removed'))
    delete vm.tap
    vm.publish = []
    await save(state)
    raised?.pool.refill()
  }

  async function attach(request: NetworkRequest): Promise<Attachment> {
    if (request.publish.length > 0)
      throw fail('not-supported', { reason: 'The bridge publishes no ports yet.', advice: 'Use the address of the VM.' })
    const state = await loadState(file)
    await unplug(state, request.vmId)
    const there = raised
    // What is there is mended afterwards: a tap from the pool is ready at once.
    if (there) void inTurn(async () => raise(await loadState(file))).catch(report('the bridge could not be mended'))
    try {
      return await plug(there ?? (await raise(state)), state, request)
    } catch (error) {
      if (!there && !hasPlugged(state)) await lower(state).catch(report('the bridge could not be removed'))
      throw error
    }
  }

  async function plug({ tools, pool }: Raised, state: State, { vmId, vmName, publish }: NetworkRequest): Promise<Attachment> {
    const address = leaseAddress(state, tools.settings, vmId)
    const tap = await pool.take()
    try {
      const vms = { ...state.vms, [vmId]: { name: vmName, address, tap, publish } }
      await save({ ...state, vms, lastAddress: address })
    } catch (error) {
      await pool.remove(tap).catch(report('a tap could not be removed'))
      throw error
    }
    pool.refill()
    return attachmentOf(vmId, tap, address, tools.settings)
  }

  async function forget(vmId: string): Promise<void> {
    const state = await loadState(file)
    await unplug(state, vmId)
    if (!state.vms[vmId]) return
    delete state.vms[vmId]
    await save(state)
  }

  async function reconcile(running: { vmId: string; attachment: Attachment }[], existing: ReadonlySet<string>): Promise<void> {
    const state = await loadState(file)
    for (const [vmId, vm] of Object.entries(state.vms)) {
      if (!existing.has(vmId)) delete state.vms[vmId]
      else if (!running.some((other) => other.vmId === vmId)) delete vm.tap
    }
    for (const { vmId, attachment } of running) {
      if (attachment.kind !== 'tap') continue
      const address = attachment.guest.address.split('/')[0] ?? ''
      state.vms[vmId] = { name: state.vms[vmId]?.name ?? vmId, address, tap: attachment.device, publish: attachment.publish }
    }
    if (!state.made && !hasPlugged(state)) return save(state)
    if (hasPlugged(state)) (await raise(state)).pool.refill()
    else await lower(state)
  }

  async function stop(): Promise<void> {
    const state = await loadState(file)
    if (!hasPlugged(state)) return lower(state)
    await raised?.pool.close()
  }

  return {
    name: 'bridge',
    gives: 'tap',
    probe: () => probeBridge(host),
    attach: (request) => inTurn(() => attach(request)),
    release: (vmId) => inTurn(async () => unplug(await loadState(file), vmId)),
    forget: (vmId) => inTurn(() => forget(vmId)),
    reconcile: (running, existing) => inTurn(() => reconcile(running, existing)),
    stop: () => inTurn(stop),
  }
}

function attachmentOf(vmId: string, device: string, address: string, settings: Settings): Attachment {
  return {
    kind: 'tap',
    device,
    guest: {
      mac: macOf(vmId),
      address: `${address}/${known(settings.cidr).prefix}`,
      gateway: settings.address,
      dns: [settings.address],
      search: [domain],
    },
    publish: [],
  }
}

function hasPlugged(state: State): boolean {
  return usedTaps(state).size > 0
}

function usedTaps(state: State): Set<string> {
  return new Set(Object.values(state.vms).flatMap((vm) => (vm.tap ? [vm.tap] : [])))
}

function sameSettings(one: Settings, other: Settings): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
}
