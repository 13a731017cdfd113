import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Host } from '../../core/src/hooks/host.ts'
import { type Outcome, outcome } from './banger.ts'

/**
 * A network of a test's own, with nothing in it but a loopback interface: what programs do to links, addresses, rules and
 * forwarding in it stays in it. Its mounts are its own, too. It ends with the test's process, however that ends. Needs root.
 */
export class NetworkNamespace implements AsyncDisposable {
  /** A command line that begins with this runs in the namespace. */
  readonly prefix: string[]
  readonly #holder: ChildProcess
  readonly #started: ChildProcess[] = []

  private constructor(holder: ChildProcess) {
    this.#holder = holder
    this.prefix = ['nsenter', '--target', String(this.pid), '--net', '--mount', '--']
  }

  /** A process that is in it. */
  get pid(): number {
    return this.#holder.pid ?? 0
  }

  static async open(): Promise<NetworkNamespace> {
    const holder = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', prepare])
    const said = await Promise.race([once(holder.stdout, 'data'), once(holder, 'close')])
    if (String(said[0]) !== 'ready\n') throw new Error('no network namespace could be made: is this root?')
    return new NetworkNamespace(holder)
  }

  /** Runs a command in it, to its end. */
  run(command: string[], options: { input?: string } = {}): Promise<Outcome> {
    const [program = '', ...args] = [...this.prefix, ...command]
    const child = spawn(program, args, { stdio: 'pipe' })
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
    return outcome(child)
  }

  /** Runs a line of shell that must succeed. @returns its stdout */
  async sh(line: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(['sh', '-ec', line])
    if (status !== 0) throw new Error(`${line} ended with ${status}: ${stderr || stdout}`)
    return stdout
  }

  /** The host as seen from it: every program runs in it. */
  host(base: Host): Host {
    const inside = (program: string, args: string[]) => [...this.prefix.slice(1), program, ...args]
    return {
      ...base,
      run: (program, args, options) => base.run('nsenter', inside(program, args), options),
      stream: (program, args, options) => base.stream('nsenter', inside(program, args), options),
      detach: (program, args, options) => base.detach('nsenter', inside(program, args), options),
    }
  }

  /** Joins two namespaces by a cable. Addresses are like `10.1.0.1/24`. */
  async connect(own: { device: string; address: string }, other: NetworkNamespace, its: typeof own): Promise<void> {
    await this.sh(`ip link add ${own.device} type veth peer name ${its.device} netns ${other.pid}`)
    await this.sh(`ip address add ${own.address} dev ${own.device}; ip link set ${own.device} up`)
    await other.sh(`ip address add ${its.address} dev ${its.device}; ip link set ${its.device} up`)
  }

  /** Where programs in it look names up, and the domain that completes them. */
  async setResolver(address: string, search = '.'): Promise<void> {
    const lines = `nameserver ${address}\nsearch ${search}\n`
    await this.sh(`printf '${lines}' > /run/resolv.conf; mount --bind /run/resolv.conf /etc/resolv.conf`)
  }

  /** Starts a command in it and leaves it to the caller; it ends with the namespace at the latest. */
  start(command: string[]): ChildProcess {
    const [program = '', ...args] = [...this.prefix, ...command]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#started.push(child)
    return child
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#started) child.kill('SIGKILL')
    this.#holder.stdin?.end()
    if (this.#holder.exitCode === null) await once(this.#holder, 'close')
  }
}

/** A /run of its own keeps programs from the machine's services: systemd-resolved would take our links for its. */
const prepare = 'ip link set lo up; mount -t tmpfs none /run; echo ready; exec cat'
