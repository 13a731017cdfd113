import { platformOf } from '../src/platform.ts'
import type { Qemu } from '../src/probe.ts'

/** A QEMU as the probe finds it, for tests of what is made of it. */
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
