import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseModuleIndex } from '../../src/boot/module-order.ts'
import { embeddedConfig, kernelFeatures } from '../../src/kernels/kernel-config.ts'

const config = `# CONFIG_OVERLAY_FS_INDEX is not set
CONFIG_OVERLAY_FS=m
CONFIG_EXT4_FS=y
# CONFIG_VIRTIO_PCI is not set
CONFIG_VIRTIO_MMIO=y
CONFIG_VIRTIO_VSOCKETS_COMMON=m
`
const nothing = { dep: '', builtin: '', softdep: '', alias: '' }

describe('kernelFeatures', () => {
  test('takes y, and m where the modules are there', () => {
    const withModules = kernelFeatures(config, parseModuleIndex(nothing))
    expect(withModules).toEqual({ overlayfs: true, ext4: true, virtioPci: false, virtioMmio: true, vsock: false })
    expect(kernelFeatures(config, undefined)).toMatchObject({ overlayfs: false, ext4: true })
  })

  test('goes by the modules when there is no configuration', () => {
    const index = parseModuleIndex({
      ...nothing,
      dep: 'kernel/fs/overlayfs/overlay.ko.xz:\n',
      builtin: 'kernel/fs/ext4/ext4.ko\n',
    })
    expect(kernelFeatures(undefined, index)).toEqual({
      overlayfs: true,
      ext4: true,
      virtioPci: false,
      virtioMmio: false,
      vsock: false,
    })
  })

  test('takes a kernel that comes alone to have everything built in', () => {
    expect(Object.values(kernelFeatures(undefined, undefined))).not.toContain(false)
  })
})

describe('embeddedConfig', () => {
  test('finds the configuration in a kernel that carries it', () => {
    const vmlinux = Buffer.concat([Buffer.from('code IKCFG_ST'), gzipSync(config), Buffer.from('IKCFG_ED more code')])
    expect(embeddedConfig(vmlinux)).toBe(config)
  })

  test('finds none in one that does not, or where it is damaged', () => {
    expect(embeddedConfig(Buffer.from('code'))).toBeUndefined()
    expect(embeddedConfig(Buffer.from('IKCFG_ST\x1f\x8bgarbage', 'latin1'))).toBeUndefined()
  })
})
