import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { serveDns } from './dns-server.ts'
import { eachJsonLine, jsonLine } from './json-lines.ts'
import { createPortForwards } from './port-forwards.ts'
import type { Greeting, Request, ServedVm, ServiceOptions } from './protocol.ts'

/** Milliseconds that the service stays without VMs and without a daemon, which may just be starting again. */
const linger = 10_000

/**
 * The part of the bridge that is no kernel's: names and published ports. A process of its own, so that both outlive the daemon as
 * the VMs do.
 * @throws when the DNS port or the socket cannot be opened
 */
export async function runService(options: ServiceOptions, identity: string): Promise<void> {
  const forwards = createPortForwards()
  const daemons = new Set<Socket>()
  let vms: ServedVm[] = []
  let last: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const zone = () => ({
    cidr: options.cidr,
    addresses: new Map([['host', options.address], ...vms.map((vm): [string, string] => [vm.name, vm.address])]),
  })

  function end(): void {
    rmSync(options.socket, { force: true })
    process.exit(0)
  }

  function endWhenIdle(): void {
    clearTimeout(timer)
    if (vms.length === 0 && daemons.size === 0) timer = setTimeout(end, linger)
  }

  async function serve(socket: Socket, request: Request): Promise<void> {
    if ('stop' in request) return end()
    vms = request.vms
    const answer = await forwards.set(vms)
    if (!socket.destroyed) socket.write(jsonLine(answer))
  }

  await serveDns({ address: options.address, port: options.dnsPort }, zone, options.upstream)
  const control = createServer((socket) => {
    daemons.add(socket)
    endWhenIdle()
    socket.on('error', () => {})
    socket.on('close', () => {
      daemons.delete(socket)
      endWhenIdle()
    })
    eachJsonLine(socket, (request) => {
      last = last.then(() => serve(socket, request as Request))
    })
    socket.write(jsonLine({ identity } satisfies Greeting))
  })
  rmSync(options.socket, { force: true })
  const before = process.umask(0o177)
  control.listen(options.socket)
  await once(control, 'listening')
  process.umask(before)
  endWhenIdle()
}
