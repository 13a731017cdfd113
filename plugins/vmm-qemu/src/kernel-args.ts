import type { Qemu } from './probe.ts'

/** Kernel arguments that belong to the machine QEMU makes; core's come after them. */
export function kernelArgs(qemu: Pick<Qemu, 'acceleration' | 'platform'>): string[] {
  return [
    // The guest channel is the virtio-serial port (docs/guest-channel.md).
    'banger.channel=virtio',
    `console=${qemu.platform.console}`,
    // Errors and panics still reach the console; everything else costs time on an emulated serial port.
    'quiet',
    // A guest whose kernel panics ends its VM (-no-reboot) instead of hanging.
    'panic=-1',
    'reboot=k',
    ...(qemu.acceleration === 'tcg' ? emulated : []),
  ]
}

/** Emulation has no speculative execution to guard against, and loses time on every guard and every wait. */
const emulated = ['mitigations=off', 'no_timer_check', 'nowatchdog', 'rcupdate.rcu_expedited=1']
