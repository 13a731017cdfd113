import { createHash } from 'node:crypto'
import type { NetworkDriver } from '@banger/core'
import { PortBook } from './port-book.ts'

/**
 * The network `user`: each VM alone behind a NAT inside its VMM. It reaches what the host reaches; nothing reaches it, besides
 * published ports. Nothing is made on the host, so there is nothing to clean up.
 */
export function createUserNetwork(): NetworkDriver {
  const ports = new PortBook()
  return {
    name: 'user',
    gives: 'user',

    probe: async () => ({ usable: true, detail: 'inside the VMM, without privileges' }),

    async attach({ vmId, publish }) {
      return {
        kind: 'user',
        // The addresses are QEMU's own defaults, the same in every VM: they never meet.
        guest: { mac: macOf(vmId), address: '10.0.2.15/24', gateway: '10.0.2.2', dns: ['10.0.2.3'] },
        publish: await ports.take(vmId, publish),
      }
    },

    async release(vmId) {
      ports.release(vmId)
    },

    async reconcile(running) {
      ports.restore(running.map(({ vmId, attachment }) => ({ vmId, publish: attachment.publish })))
    },
  }
}

/** A stable address for the VM, below QEMU's prefix. */
export function macOf(vmId: string): string {
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(vmId).digest()
  return ['52', '54', '00', ...[a, b, c].map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}
