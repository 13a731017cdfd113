import { string } from '@oclif/core/args'
import { forwardPorts } from '../../client/forward/forward-ports.ts'
import { parseForward } from '../../client/forward/parse-forward.ts'
import { formatPublish } from '../../client/input/publish.ts'
import { onSignals } from '../../client/terminal/signals.ts'
import type { PublishedPort } from '../../hooks/network.ts'
import { BangerCommand } from '../base.ts'

export default class VmPortForward extends BangerCommand {
  static override description = `Forward TCP ports of this host to ports in a VM.
Until Ctrl-C. The guest's agent makes the connections, to 127.0.0.1 or ::1 in the guest: programs that listen on localhost alone are reached, and the VM needs no network.
PORT is [[ADDRESS:]HOST:]GUEST: 3000 for the same port here, 8080:3000, 0.0.0.0:8080:3000, or :3000 for a free port. The address is 127.0.0.1 unless told.`
  static override usage = 'vm port-forward VM PORT...'
  static override examples = [
    '<%= config.bin %> vm port-forward testbox 3000',
    '<%= config.bin %> vm port-forward testbox 8080:80 :5432',
  ]
  static override strict = false
  static override args = {
    vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }),
    port: string({ description: 'what to forward: [[ADDRESS:]HOST:]GUEST', required: true, ignoreStdin: true }),
  }

  /** With --json the ports are printed as soon as they are listened on, not at the end. */
  async run(): Promise<void> {
    const { argv } = await this.parse(VmPortForward)
    const [vm = '', ...words] = argv as string[]
    const wanted = words.map(parseForward)
    const client = this.client()
    await client.health(vm)
    const forwarding = await forwardPorts(vm, wanted, {
      dial: (port) => client.dial(vm, port),
      report: ({ guestPort }, error) => process.stderr.write(`${vm}:${guestPort}: ${error.message}\n`),
    })
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    using _ = onSignals(() => end())
    this.#print(vm, forwarding.ports)
    await Promise.race([ended, forwarding.failed]).finally(forwarding.close)
  }

  protected override toSuccessJson(): unknown {
    return undefined
  }

  protected override logJson(value: unknown): void {
    if (value !== undefined) super.logJson(value)
  }

  #print(vm: string, ports: PublishedPort[]): void {
    if (this.jsonEnabled()) return this.logJson(ports)
    for (const port of ports) this.log(formatPublish(port).replace('->', ` -> ${vm}:`))
    if (process.stderr.isTTY) this.note('Ctrl-C ends it.')
  }
}
