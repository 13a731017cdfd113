import type { Image, Kernel, PluginInfo, Vm } from '../src/protocol/model.ts'

/** Documents of the model for tests; give the fields that matter. */
export function aVm(fields: Partial<Vm> = {}): Vm {
  return {
    id: 'abcdefghijkl',
    name: 'box',
    state: 'stopped',
    image: 'debian',
    kernel: 'generic',
    vmm: 'qemu',
    network: 'user',
    vcpus: 2,
    memory: 1024,
    disk: 10_240,
    publish: [],
    ephemeral: false,
    createdAt: 0,
    warnings: [],
    consoleLog: '/nowhere/console.log',
    ...fields,
  }
}

export function anImage(fields: Partial<Image> = {}): Image {
  return {
    name: 'debian',
    source: 'debian:bookworm',
    digest: 'sha256:1',
    managed: true,
    files: { rootfs: '/images/debian/rootfs.ext4' },
    config: {},
    init: '/sbin/init',
    size: 1,
    createdAt: 0,
    ...fields,
  }
}

export function aKernel(fields: Partial<Kernel> = {}): Kernel {
  return {
    name: 'generic',
    arch: 'x64',
    origin: 'source',
    digest: 'sha256:2',
    features: { overlayfs: true, ext4: true, virtioPci: true, virtioMmio: true, vsock: true },
    files: { vmlinux: '/kernels/generic/vmlinux' },
    size: 1,
    createdAt: 0,
    ...fields,
  }
}

export function aPlugin(fields: Partial<PluginInfo> = {}): PluginInfo {
  const adds = { vmms: [], networks: [], imageSources: [], kernelSources: [], distros: [], hooks: [], settings: [] }
  return { name: 'banger-plugin-x', version: '1.0.0', origin: 'linked', status: 'ok', failures: [], adds, ...fields }
}
