import type { MachineSpec } from '@banger/core'
import type { Settings } from '../src/settings.ts'

/** A machine as core describes it, for tests of what is made of it. */
export function sampleSpec(change: Partial<MachineSpec> = {}): MachineSpec {
  return {
    id: 'k3v9x2m4q7ab',
    name: 'devbox',
    dir: '/state/vms/k3v9x2m4q7ab',
    vcpus: 2,
    memory: 512,
    kernel: {
      path: '/state/kernels/generic-6.1/vmlinux',
      cmdline: ['banger.root=vda', 'banger.overlay=vdb', 'banger.modules=vdc', 'banger.init=/sbin/init'],
    },
    initrd: '/cache/initrds/1f.cpio',
    drives: [
      { id: 'root', path: '/state/images/debian/rootfs.ext4', readOnly: true },
      { id: 'overlay', path: '/state/vms/k3v9x2m4q7ab/overlay.ext4', readOnly: false },
      { id: 'modules', path: '/state/kernels/generic-6.1/modules.ext4', readOnly: true },
    ],
    attachment: {
      kind: 'tap',
      device: 'btap7',
      guest: { mac: '02:fc:00:00:00:05', address: '172.16.0.5/24', gateway: '172.16.0.1', dns: ['172.16.0.1'] },
      publish: [],
    },
    consoleLog: '/state/vms/k3v9x2m4q7ab/console.log',
    ...change,
  }
}

export function sampleSettings(change: Partial<Settings> = {}): Settings {
  return { firecracker: 'firecracker', disk: {}, network: {}, ...change }
}

/** The same machine without what `names` says. */
export function without<K extends 'initrd' | 'attachment'>(spec: MachineSpec, ...names: K[]): MachineSpec {
  const copy = { ...spec }
  for (const name of names) delete copy[name]
  return copy
}
