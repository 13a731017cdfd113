import type { MachineSpec } from '@banger/core'
import { sampleSpec as sampleMachineSpec } from '@banger/plugin-testkit/checks'
import type { Settings } from '../src/settings.ts'

/** A machine on a tap, with modules: all that Firecracker is told. */
export function sampleSpec(change: Partial<MachineSpec> = {}): MachineSpec {
  const spec = sampleMachineSpec()
  const modules = { id: 'modules', path: '/state/kernels/generic-6.1/modules.ext4', readOnly: true } as const
  return {
    ...spec,
    kernel: {
      ...spec.kernel,
      cmdline: ['banger.root=vda', 'banger.overlay=vdb', 'banger.modules=vdc', 'banger.init=/sbin/init'],
    },
    drives: [...spec.drives, modules],
    attachment: {
      kind: 'tap',
      device: 'btap7',
      guest: { mac: '02:fc:00:00:00:05', address: '172.16.0.5/24', gateway: '172.16.0.1', dns: ['172.16.0.1'] },
      publish: [],
    },
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
