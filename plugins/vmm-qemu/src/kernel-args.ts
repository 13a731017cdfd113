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

/**
 * Emulation is slow enough that an overloaded host looks like broken hardware to the guest: a timer that does not tick, a CPU that
 * hangs. And the self-tests of the kernel's ciphers would take a fifth of the boot.
 */
const emulated = ['no_timer_check', 'nowatchdog', 'cryptomgr.notests']
