import { gunzipSync } from 'node:zlib'
import type { ModuleIndex } from '../boot/module-order.ts'
import type { KernelFeatures } from '../protocol/model.ts'

const options: Record<keyof KernelFeatures, { config: string; module: string }> = {
  overlayfs: { config: 'OVERLAY_FS', module: 'overlay' },
  ext4: { config: 'EXT4_FS', module: 'ext4' },
  virtioPci: { config: 'VIRTIO_PCI', module: 'virtio_pci' },
  virtioMmio: { config: 'VIRTIO_MMIO', module: 'virtio_mmio' },
  vsock: { config: 'VIRTIO_VSOCKETS', module: 'vmw_vsock_virtio_transport' },
}

/**
 * What a kernel can do. Its build configuration decides; without one, its modules and what modules.builtin lists do; a
 * kernel that comes with neither is taken to have everything built in, since nothing says otherwise.
 * @param config text of `CONFIG_…` lines
 */
export function kernelFeatures(config: string | undefined, index: ModuleIndex | undefined): KernelFeatures {
  const has = (feature: keyof KernelFeatures): boolean => {
    const { config: option, module } = options[feature]
    if (config !== undefined) {
      const value = new RegExp(`^CONFIG_${option}=([ym])$`, 'm').exec(config)?.[1]
      return value === 'y' || (value === 'm' && index !== undefined)
    }
    return index === undefined || index.modules.has(module) || index.builtin.has(module)
  }
  return {
    overlayfs: has('overlayfs'),
    ext4: has('ext4'),
    virtioPci: has('virtioPci'),
    virtioMmio: has('virtioMmio'),
    vsock: has('vsock'),
  }
}

/** Whether a text is a kernel's build configuration. */
export function isKernelConfig(text: string): boolean {
  return /^CONFIG_\w+=/m.test(text)
}

/** Bytes of a configuration at most; distributions' have 120 to 300 KB. */
const largestConfig = 4 << 20

/** The configuration inside a vmlinux that was built with CONFIG_IKCONFIG (Linux, kernel/configs.c), if it has one. */
export function embeddedConfig(vmlinux: Buffer): string | undefined {
  const start = vmlinux.indexOf('IKCFG_ST\x1f\x8b', 0, 'latin1')
  if (start < 0) return undefined
  const end = vmlinux.indexOf('IKCFG_ED', start, 'latin1')
  try {
    const text = gunzipSync(vmlinux.subarray(start + 8, end < 0 ? undefined : end), { maxOutputLength: largestConfig }).toString()
    return isKernelConfig(text) ? text : undefined
  } catch {
    return undefined
  }
}
