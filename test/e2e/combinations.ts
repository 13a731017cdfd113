import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installStandIn } from '../firecracker-stand-in/launcher.ts'
import { type Outcome, outcome } from './banger.ts'
import { NetworkNamespace } from './network-namespace.ts'
import { Scratch } from './scratch.ts'

/** A VMM and a network that VMs run on. */
export interface Combination {
  vmm: string
  network: string
  /** For people: `firecracker over the stand-in, bridge`. */
  title: string
  /** Whether it needs a network namespace, and root for that. */
  apart: boolean
}

export const combinations: Combination[] = [
  { vmm: 'qemu', network: 'user', title: 'qemu, user', apart: false },
  { vmm: 'qemu', network: 'bridge', title: 'qemu, bridge', apart: true },
  { vmm: 'firecracker', network: 'bridge', title: 'firecracker over the stand-in, bridge', apart: true },
]

/** A machine with a banger whose configuration asks for one combination. */
export class World implements AsyncDisposable {
  readonly banger: Scratch
  readonly #namespace: NetworkNamespace | undefined

  private constructor(banger: Scratch, namespace: NetworkNamespace | undefined) {
    this.banger = banger
    this.#namespace = namespace
  }

  /** @param more lines of the configuration */
  static async open({ vmm, network, apart }: Combination, more = ''): Promise<World> {
    const namespace = apart ? await NetworkNamespace.open() : undefined
    const banger = new Scratch({}, namespace?.prefix)
    const config = join(banger.home, '.config/banger')
    mkdirSync(config, { recursive: true })
    const firecracker = installStandIn(join(banger.home, 'bin'))
    writeFileSync(
      join(config, 'config.toml'),
      `vmm = "${vmm}"\nnetwork = "${network}"\nfirecracker_bin = "${firecracker}"\n${more}`,
    )
    return new World(banger, namespace)
  }

  /** Runs a program where banger's daemon runs: in the namespace, where there is one. */
  run(program: string, args: string[]): Promise<Outcome> {
    if (this.#namespace) return this.#namespace.run([program, ...args])
    return outcome(spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] }))
  }

  /** Links, routes and rules of the namespace, for what may be left. */
  async network(): Promise<string> {
    if (!this.#namespace) return ''
    return this.#namespace.sh('ip -brief link | cut -d" " -f1; ip route; nft list ruleset')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.banger[Symbol.asyncDispose]()
    await this.#namespace?.[Symbol.asyncDispose]()
  }
}
