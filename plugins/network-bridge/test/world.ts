import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Attachment, type Host, type Log, readSettings } from '@banger/core'
import { createHost } from '../../../core/src/host/index.ts'
import { resolvePaths } from '../../../core/src/store/paths.ts'
import { NetworkNamespace } from '../../../test/e2e/network-namespace.ts'
import { type BridgeNetwork, createBridgeNetwork } from '../src/driver.ts'
import { settings as declaration } from '../src/settings.ts'

/** A host with a network of its own and nothing in it, and banger's bridge driver on it. */
export class World implements AsyncDisposable {
  readonly network: NetworkNamespace
  readonly home: string
  readonly host: Host
  /** What the driver logged as a warning or an error. */
  readonly logged: string[] = []
  /** The programs that the driver ran, in order. */
  readonly ran: string[] = []
  /** Programs whose command line contains this fail. */
  failing: string | undefined
  readonly #drivers: BridgeNetwork[] = []

  private constructor(network: NetworkNamespace) {
    this.network = network
    this.home = mkdtempSync(join(tmpdir(), 'banger-bridge-'))
    const say = (_fields: unknown, message: string) => void this.logged.push(message)
    const log: Log = { debug: () => {}, info: () => {}, warn: say, error: say }
    const inside = network.host(createHost(resolvePaths({ HOME: this.home }), log))
    mkdirSync(inside.dirs.state, { recursive: true })
    this.host = {
      ...inside,
      run: (program, args, options) => {
        const line = [program, ...args].join(' ')
        this.ran.push(line)
        return this.failing && line.includes(this.failing) ? inside.run('false', []) : inside.run(program, args, options)
      },
    }
  }

  static async open(): Promise<World> {
    return new World(await NetworkNamespace.open())
  }

  /** The driver as a daemon that starts makes it. @param settings as in config.toml */
  driver(settings: Record<string, unknown> = {}): BridgeNetwork {
    const driver = createBridgeNetwork(
      this.host,
      readSettings({ ...this.host, config: () => settings }, 'network-bridge', declaration),
    )
    this.#drivers.push(driver)
    return driver
  }

  /**
   * Something on the bridge with the addresses that a VM was given: a namespace in place of a guest, which needs no boot.
   * @param isolated as the VM's tap is
   */
  async guest({ guest }: Attachment, isolated = false): Promise<NetworkNamespace> {
    const inside = await NetworkNamespace.open()
    const port = `g${guest.mac.replaceAll(':', '').slice(-8)}`
    await this.sh(`ip link add ${port} type veth peer name eth0 address ${guest.mac} netns ${inside.pid}`)
    await this.sh(
      `ip link set ${port} master banger0 up; ip link set ${port} type bridge_slave isolated ${isolated ? 'on' : 'off'}`,
    )
    await inside.sh(`ip address add ${guest.address} dev eth0; ip link set eth0 up; ip route add default via ${guest.gateway}`)
    await inside.setResolver(guest.dns[0] ?? '', guest.search?.[0])
    return inside
  }

  /** Another machine, at 10.1.0.2 on a cable to the host's 10.1.0.1. It knows the way to the host alone. */
  async neighbour(): Promise<NetworkNamespace> {
    const outside = await NetworkNamespace.open()
    await this.network.connect({ device: 'lan', address: '10.1.0.1/24' }, outside, { device: 'eth0', address: '10.1.0.2/24' })
    return outside
  }

  sh(line: string): Promise<string> {
    return this.network.sh(line)
  }

  /** Everything that a driver could leave in the network. */
  async snapshot(): Promise<string> {
    const forwarding = '/proc/sys/net/ipv4/ip_forward'
    return this.sh(`ip -o link; ip -o -4 address; ip route; nft -s list ruleset; cat ${forwarding}; ss -Hlntu`)
  }

  /** Names of the taps that are there. */
  async taps(): Promise<string[]> {
    const list = JSON.parse(await this.sh('ip -json link show')) as { ifname: string }[]
    return list.map(({ ifname }) => ifname).filter((name) => name.startsWith('bgr'))
  }

  /** What the driver remembers of VMs. */
  get leases(): Record<string, { address: string; tap?: string }> {
    const file = join(this.host.dirs.state, 'network-bridge.json')
    if (!existsSync(file)) return {}
    return (JSON.parse(readFileSync(file, 'utf8')) as { vms: Record<string, { address: string; tap?: string }> }).vms
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.failing = undefined
    const last = this.#drivers.at(-1)
    await last?.reconcile([], new Set())
    await last?.stop()
    await this.network[Symbol.asyncDispose]()
    rmSync(this.home, { recursive: true, force: true })
  }
}

export const root = process.getuid?.() === 0
if (!root) process.stderr.write('not root: the tests that make network namespaces are left out\n')
