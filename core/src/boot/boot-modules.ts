import { fail } from '../errors.ts'
import { type ModuleIndex, orderModules } from './module-order.ts'

/** Without these there is no root filesystem. */
const essential = ['virtio_blk', 'ext4', 'overlay']

/** What a guest uses before, or whether or not, its own init loads modules: in the order of need. */
const wanted = [
  'virtio_pci',
  'virtio_mmio',
  'virtio_console',
  'virtio_blk',
  'ext4',
  'overlay',
  'vmw_vsock_virtio_transport',
  'virtio_net',
  'virtio_rng',
]

/**
 * The modules that banger's initrd loads, as paths relative to the kernel's module folder, in loading order. What is built
 * into the kernel, and what this kernel has not got, is left out.
 * @param path the kernel's, for messages
 * @throws kernel.invalid when the kernel can't have a root filesystem
 */
export function bootModules(index: ModuleIndex, path: string): string[] {
  const { paths, missing } = orderModules(index, wanted)
  const lacking = essential.filter((name) => missing.includes(name))
  if (lacking.length > 0) {
    throw fail('kernel.invalid', { path, reason: `it has no ${lacking.join(', no ')}, neither built in nor as a module` })
  }
  return paths
}
