import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MachineSpec, tinyKernel } from '@banger/core'

/** What is to be otherwise about a machine. */
export interface MachineOptions {
  /** Bytes of its kernel; by default a guest that stands still. */
  kernel?: Buffer
  /** Name of its folder below the given one: `vm`. */
  folder?: string
}

/**
 * A machine that a VMM can really start, though there is no Linux in it: its kernel is a few instructions, its disks are empty.
 * @param base a folder; each machine has its own
 */
export function sampleMachine(
  base: string,
  id: string,
  { kernel = guestThat('', 'stays'), folder = 'vm' }: MachineOptions = {},
): MachineSpec {
  const dir = join(base, id, folder)
  mkdirSync(dir, { recursive: true })
  const file = (name: string): string => join(base, id, name)
  writeFileSync(file('vmlinux'), kernel)
  writeFileSync(file('initrd'), 'no initrd')
  for (const path of [file('root.ext4'), join(dir, 'overlay.ext4')]) {
    writeFileSync(path, '')
    truncateSync(path, 1 << 20)
  }
  return {
    id,
    name: `test-${id}`,
    dir,
    vcpus: 1,
    memory: 64,
    kernel: { path: file('vmlinux'), cmdline: [] },
    initrd: file('initrd'),
    drives: [
      { id: 'root', path: file('root.ext4'), readOnly: true },
      { id: 'overlay', path: join(dir, 'overlay.ext4'), readOnly: false },
    ],
    consoleLog: join(dir, 'console.log'),
  }
}

/** A machine as core describes it, of files that are not there: for tests of what is made of it. */
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

/** A guest that writes to its serial port, and then stands still or resets through the keyboard controller. x86. */
export function guestThat(says: string, then: 'stays' | 'resets'): Buffer {
  const say = [...Buffer.from(says)].flatMap((byte) => [0xb0, byte, 0xee]) //  mov $byte, %al; out %al, %dx
  const port = [0x66, 0xba, 0xf8, 0x03] //                                    mov $0x3f8, %dx
  const reset = then === 'resets' ? [0xb0, 0xfe, 0xe6, 0x64] : [] //          mov $0xfe, %al; out %al, $0x64
  return tinyKernel(Buffer.from([...port, ...say, ...reset, 0xfa, 0xf4, 0xeb, 0xfd])) // cli; hlt; jmp
}
