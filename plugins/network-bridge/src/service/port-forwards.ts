import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { PublishedPort } from '@banger/core'
import type { PortsAnswer, RefusedPort, ServedVm } from './protocol.ts'

/** A port of this host that leads into a VM. */
interface Forward {
  vmId: string
  address: string
  port: PublishedPort
  server: Server
  connections: Set<Socket>
}

/** Published ports: what connects to one is connected to the VM's port. */
export interface PortForwards {
  /** Opens and closes ports until just those of these VMs are open. What stays open keeps its connections. */
  set(vms: ServedVm[]): Promise<PortsAnswer>
}

export function createPortForwards(): PortForwards {
  const forwards: Forward[] = []

  function close(forward: Forward): void {
    forwards.splice(forwards.indexOf(forward), 1)
    forward.server.close()
    for (const socket of forward.connections) socket.destroy()
  }

  async function open(vm: ServedVm, port: PublishedPort): Promise<PublishedPort> {
    const there = forwards.find((forward) => forward.vmId === vm.id && samePort(forward.port, port))
    if (there) return there.port
    const connections = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true }, (client) => join(client, vm.address, port.guestPort, connections))
    server.listen({ host: port.hostAddress, port: port.hostPort, exclusive: true })
    await once(server, 'listening')
    const bound = server.address()
    const opened = { ...port, hostPort: typeof bound === 'object' && bound ? bound.port : port.hostPort }
    forwards.push({ vmId: vm.id, address: vm.address, port: opened, server, connections })
    return opened
  }

  return {
    async set(vms) {
      const wanted = (forward: Forward) =>
        vms.some(
          (vm) =>
            vm.id === forward.vmId && vm.address === forward.address && vm.publish.some((port) => samePort(port, forward.port)),
        )
      for (const forward of [...forwards]) if (!wanted(forward)) close(forward)
      const ports: PortsAnswer['ports'] = {}
      const refused: RefusedPort[] = []
      for (const vm of vms) {
        const opened: PublishedPort[] = []
        for (const port of vm.publish) {
          try {
            opened.push(await open(vm, port))
          } catch (error) {
            const { code = '', message } = error as NodeJS.ErrnoException
            refused.push({ vmId: vm.id, port, code, message })
          }
        }
        ports[vm.id] = opened
      }
      return { ports, refused }
    },
  }
}

/** Both directions, each with its own end. */
function join(client: Socket, host: string, port: number, connections: Set<Socket>): void {
  const guest = connect({ host, port, allowHalfOpen: true })
  for (const [one, other] of [
    [client, guest],
    [guest, client],
  ] as const) {
    connections.add(one)
    one.on('error', () => {})
    one.on('close', (failed) => {
      connections.delete(one)
      if (failed || !one.readableEnded) other.destroy()
    })
    one.pipe(other)
  }
}

function samePort(one: PublishedPort, other: PublishedPort): boolean {
  return one.hostAddress === other.hostAddress && one.hostPort === other.hostPort && one.guestPort === other.guestPort
}
