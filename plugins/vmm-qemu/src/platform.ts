/** What QEMU calls things on one architecture. */
export interface Platform {
  /** The program. */
  binary: string
  /** The Debian package that has it, for advice. */
  package: string
  /** The `-machine` type and its options. */
  machine: string
  /** The serial port's name in the guest. */
  console: string
  /** A small firmware that boots faster than the default one, where it is installed. */
  firmware?: string
}

const platforms: Record<string, Platform> = {
  // q35 with everything off that a VM of ours never uses. `microvm` would be smaller, but hangs in TSC calibration under TCG.
  x64: {
    binary: 'qemu-system-x86_64',
    package: 'qemu-system-x86',
    machine: 'q35,sata=off,smbus=off,vmport=off,usb=off',
    console: 'ttyS0',
    firmware: 'qboot.rom',
  },
  arm64: { binary: 'qemu-system-aarch64', package: 'qemu-system-arm', machine: 'virt', console: 'ttyAMA0' },
}

/** @param arch as in process.arch */
export function platformOf(arch: string): Platform | undefined {
  return platforms[arch]
}
