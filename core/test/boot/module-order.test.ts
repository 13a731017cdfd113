import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bootModules } from '../../src/boot/boot-modules.ts'
import { moduleName, orderModules, parseModuleIndex } from '../../src/boot/module-order.ts'

const dep = `kernel/drivers/virtio/virtio_ring.ko:
kernel/drivers/virtio/virtio.ko: kernel/drivers/virtio/virtio_ring.ko
kernel/drivers/char/hw_random/virtio-rng.ko.xz: kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko
kernel/drivers/block/virtio_blk.ko: kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko
kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko
kernel/fs/jbd2/jbd2.ko:
kernel/crypto/crc32c_generic.ko:
kernel/fs/overlayfs/overlay.ko:
`
const index = parseModuleIndex({
  dep,
  builtin: 'kernel/drivers/virtio/virtio_pci.ko\n',
  softdep: 'softdep ext4 pre: crc32c\nsoftdep crc32c_generic pre: ext4\n',
  alias: 'alias crc32c crc32c_generic\nalias pci:v00001AF4d*sv*sd*bc*sc*i* virtio_pci\n',
})

describe('orderModules', () => {
  test('puts what a module needs before it, each once', () => {
    expect(orderModules(index, ['virtio_blk', 'virtio_rng'])).toEqual({
      paths: [
        'kernel/drivers/virtio/virtio_ring.ko',
        'kernel/drivers/virtio/virtio.ko',
        'kernel/drivers/block/virtio_blk.ko',
        'kernel/drivers/char/hw_random/virtio-rng.ko.xz',
      ],
      missing: [],
    })
  })

  test('follows soft dependencies through aliases, and ends on a circle of them', () => {
    const { paths } = orderModules(index, ['ext4'])
    expect(paths).toEqual(['kernel/crypto/crc32c_generic.ko', 'kernel/fs/jbd2/jbd2.ko', 'kernel/fs/ext4/ext4.ko'])
  })

  test('leaves out what is built in, and names what is nowhere', () => {
    expect(orderModules(index, ['virtio_pci', 'virtio_net'])).toEqual({ paths: [], missing: ['virtio_net'] })
  })

  test('keeps the order right for any dependencies', () => {
    const graph = fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 5 }), { minLength: 1, maxLength: 31 })
    fc.assert(
      fc.property(graph, (edges) => {
        // Each module needs only earlier ones, as depmod guarantees; depmod lists all of them, the first to load last.
        const closure = edges.map((): number[] => [])
        edges.forEach((needs, module) => {
          const all = new Set(needs.filter((need) => need < module).flatMap((need) => [...(closure[need] ?? []), need]))
          closure[module] = [...all].sort((a, b) => a - b)
        })
        const text = closure
          .map(
            (needs, module) =>
              `m${module}.ko: ${needs
                .toReversed()
                .map((need) => `m${need}.ko`)
                .join(' ')}`,
          )
          .join('\n')
        const parsed = parseModuleIndex({ dep: text, builtin: '', softdep: '', alias: '' })
        const { paths } = orderModules(parsed, [...closure.keys()].map((module) => `m${module}`).toReversed())
        expect(paths).toHaveLength(closure.length)
        closure.forEach((needs, module) => {
          for (const need of needs) expect(paths.indexOf(`m${need}.ko`)).toBeLessThan(paths.indexOf(`m${module}.ko`))
        })
      }),
    )
  })
})

describe('parseModuleIndex', () => {
  test('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => void parseModuleIndex({ dep: a, builtin: b, softdep: a, alias: b })),
    )
  })
})

describe('bootModules', () => {
  test('refuses a kernel that cannot mount a root filesystem, and says why', () => {
    const bare = parseModuleIndex({ dep: '', builtin: 'kernel/fs/ext4/ext4.ko', softdep: '', alias: '' })
    expect(() => bootModules(bare, 'mine')).toThrow(/mine is no kernel that banger can boot: it has no virtio_blk, no overlay/)
    expect(bootModules(index, 'mine')).toContain('kernel/fs/overlayfs/overlay.ko')
  })
})

test('moduleName makes no difference between hyphens and underscores, and none of compression', () => {
  for (const suffix of ['', '.xz', '.zst', '.gz']) expect(moduleName(`kernel/a/virtio-rng.ko${suffix}`)).toBe('virtio_rng')
})
