import type { Config } from '../config/schema.ts'
import type { SshKey } from '../config/ssh-key.ts'
import { fail } from '../errors.ts'
import { suggesting } from '../nearest.ts'
import type { AgentClient } from '../guest/agent-client.ts'
import type { Distro } from '../hooks/distro.ts'
import type { BangerEvent } from '../hooks/events.ts'
import type { Host } from '../hooks/host.ts'
import type { ImageSource } from '../hooks/image-source.ts'
import type { BangerHooks } from '../hooks/index.ts'
import type { KernelSource } from '../hooks/kernel-source.ts'
import type { NetworkDriver } from '../hooks/network.ts'
import type { Registry } from '../hooks/registry.ts'
import type { Machine, VmmDriver } from '../hooks/vmm.ts'
import type { Vm, VmUsage } from '../protocol/model.ts'
import type { Paths } from '../store/paths.ts'
import type { Store } from '../store/store.ts'
import type { Activity } from './activity.ts'
import type { CacheGate } from './cache-gate.ts'
import type { Locks } from './locks.ts'

/** What a running VM is to this daemon. */
export interface LiveVm {
  machine: Machine
  agent: AgentClient
}

/** Everything that the lifecycle verbs work with. The daemon's main makes one. */
export interface Engine {
  config: Config
  paths: Paths
  host: Host
  store: Store
  hooks: BangerHooks
  vmms: Registry<VmmDriver>
  networks: Registry<NetworkDriver>
  imageSources: Registry<ImageSource>
  kernelSources: Registry<KernelSource>
  distros: Registry<Distro>
  locks: Locks
  cacheGate: CacheGate
  activity: Activity
  /** What running VMs used when they were last looked at, by VM id. */
  usage: Map<string, VmUsage>
  /** By VM id. */
  live: Map<string, LiveVm>
  sshKey: SshKey
  /** Absolute path of the agent's binary. */
  agentBinary: string
}

/** The VM of that name or id. @throws vm.not-found, with the name that was probably meant */
export function findVm(engine: Engine, name: string): Vm {
  const vms = engine.store.vms.all()
  const vm = vms.find((candidate) => candidate.name === name || candidate.id === name)
  if (vm) return vm
  const names = vms.map((candidate) => candidate.name)
  throw suggesting(fail('vm.not-found', { name }), name, names)
}

/** Changes some fields of a VM's row. Fields set to undefined are removed. */
export function updateVm(engine: Engine, id: string, change: Partial<Vm>): Vm | undefined {
  const vm = engine.store.vms.get(id)
  if (!vm) return undefined
  const next = { ...vm, ...change }
  engine.store.vms.put(next)
  return next
}

export function announce(engine: Engine, event: DistributiveOmit<BangerEvent, 'at'>): void {
  engine.host.log.info({ event }, event.type)
  try {
    engine.hooks.events.call({ at: Date.now(), ...event } as BangerEvent)
  } catch (error) {
    engine.host.log.error({ err: error, event: event.type }, 'a plugin failed in its events hook')
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
