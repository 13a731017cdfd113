import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHooks } from '../../src/hooks/index.ts'
import type { NetworkDriver } from '../../src/hooks/network.ts'
import { Registry } from '../../src/hooks/registry.ts'
import type { Exit, Machine, MachineSpec, VmmDriver } from '../../src/hooks/vmm.ts'
import { createHost } from '../../src/host/index.ts'
import { CacheGate } from '../../src/lifecycle/cache-gate.ts'
import { Activity } from '../../src/lifecycle/activity.ts'
import type { Engine } from '../../src/lifecycle/engine.ts'
import { Locks } from '../../src/lifecycle/locks.ts'
import { resolvePaths } from '../../src/store/paths.ts'
import { openStore } from '../../src/store/store.ts'
import { silentLog } from '../fakes.ts'
import { startStandIn } from '../guest/agent-stand-in.ts'
import { aKernel, anImage } from '../samples.ts'

export interface FakeEngine extends Engine {
  /** What the fake drivers were told, in order. */
  said: string[]
  /** Machines that run, by VM id: `power off` one as a guest would. */
  machines: Map<string, { powerOff(exit: Exit): void }>
  /** Makes the next start fail, or hang until it is killed. */
  next: { fails?: Error | ((spec: MachineSpec) => Error); hangs?: boolean }
  close(): Promise<void>
}

/** An engine on real files and a real store, whose VMM is a promise and whose guest is a stand-in that says yes to everything. */
export async function fakeEngine(): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'banger-engine-'))
  const paths = resolvePaths({ HOME: folder })
  mkdirSync(paths.config, { recursive: true })
  const said: string[] = []
  const machines: FakeEngine['machines'] = new Map()
  const next: FakeEngine['next'] = {}
  const guest = await startStandIn((request, response) => {
    const hangs = next.hangs && request.url === '/v1/configure'
    request.resume().on('end', () => {
      if (!hangs)
        response.end(JSON.stringify(request.url === '/v1/configure' ? { warnings: ['one thing'] } : { phase: 'waiting' }))
    })
    if (request.url === '/v1/shutdown')
      for (const machine of machines.values()) machine.powerOff({ reason: 'guest-poweroff', detail: 'It powered itself off.' })
  })
  const vmms = new Registry<VmmDriver>('VMM', (driver) => driver.name)
  vmms.add('fake', fakeVmm({ said, machines, next, open: guest.open }))
  const networks = new Registry<NetworkDriver>('network', (driver) => driver.name)
  networks.add('fake', fakeNetwork(said))
  const store = openStore(paths.store)
  const image = join(folder, 'rootfs.ext4')
  writeFileSync(image, '')
  store.images.put(anImage({ files: { rootfs: image }, kernel: 'generic', config: { env: ['LANG=C.UTF-8'] } }))
  store.kernels.put(aKernel({ files: { vmlinux: image, initrd: image } }))
  return {
    config: {
      log_level: 'info',
      vmm: 'auto',
      network: 'auto',
      stats_poll_interval: 0,
      metrics_poll_interval: 0,
      auto_stop_stale_after: 0,
      plugin_timeout: 10_000,
      plugins: {},
    },
    paths,
    host: createHost(paths, silentLog),
    store,
    hooks: createHooks(),
    vmms,
    networks,
    imageSources: new Registry('image source', (source) => source.scheme),
    kernelSources: new Registry('kernel source', (source) => source.name),
    distros: new Registry('distro', (distro) => distro.id),
    locks: new Locks(5000),
    cacheGate: new CacheGate(),
    activity: new Activity(),
    usage: new Map(),
    live: new Map(),
    sshKey: { path: paths.sshKey, publicKey: 'ssh-ed25519 AAAA test' },
    agentBinary: image,
    said,
    machines,
    next,
    close: async () => {
      store.close()
      await guest.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function fakeVmm(world: Pick<FakeEngine, 'said' | 'machines' | 'next'> & { open: Machine['connect'] }): VmmDriver {
  const { said, machines, next, open } = world
  return {
    name: 'fake',
    preference: 1,
    features: new Set(),
    kernelNeeds: new Set(),
    attachments: new Set(['user']),
    probe: async () => ({ usable: true, detail: 'a fake' }),
    start: async (spec, onSpawn) => {
      said.push('start')
      if (next.fails) throw typeof next.fails === 'function' ? next.fails(spec) : next.fails
      const state = { pid: 1, startTime: 1 }
      onSpawn(state)
      const { promise: exited, resolve: powerOff } = Promise.withResolvers<Exit>()
      machines.set(spec.id, { powerOff })
      const kill = async (): Promise<void> => {
        machines.delete(spec.id)
        powerOff({ reason: 'killed', detail: 'It was killed.' })
      }
      return { state, exited, connect: open, kill, shutdown: async () => undefined }
    },
    adopt: async () => undefined,
    sweep: async ({ id }) => {
      said.push('sweep')
      machines.delete(id)
    },
  }
}

function fakeNetwork(said: string[]): NetworkDriver {
  return {
    name: 'fake',
    gives: 'user',
    probe: async () => ({ usable: true, detail: 'a fake' }),
    attach: async ({ publish }) => {
      said.push('attach')
      return { kind: 'user', publish, guest: { mac: '52:54:00:00:00:01', address: '10.0.2.15/24', dns: [] } }
    },
    release: async () => void said.push('release'),
    reconcile: async () => void said.push('reconcile'),
  }
}
