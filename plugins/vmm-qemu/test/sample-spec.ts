import type { MachineSpec } from '@banger/core'
import { platformOf } from '../src/platform.ts'
import type { Qemu } from '../src/probe.ts'

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
      cmdline: ['banger.root=vda', 'banger.overlay=vdb', 'banger.init=auto'],
    },
    initrd: '/cache/initrds/1f.cpio',
    drives: [
      { id: 'root', path: '/state/images/debian/rootfs.ext4', readOnly: true },
      { id: 'overlay', path: '/state/vms/k3v9x2m4q7ab/overlay.ext4', readOnly: false },
    ],
    consoleLog: '/state/vms/k3v9x2m4q7ab/console.log',
    ...change,
  }
}

export function sampleQemu(change: Partial<Qemu> = {}): Qemu {
  const platform = platformOf('x64')
  if (!platform) throw new Error('x64 is a platform')
  return {
    platform,
    path: '/usr/bin/qemu-system-x86_64',
    version: '7.2.22',
    acceleration: 'tcg',
    kvm: { usable: false, reason: 'no KVM' },
    sandbox: true,
    firmware: '/usr/share/qemu/qboot.rom',
    ...change,
  }
}
