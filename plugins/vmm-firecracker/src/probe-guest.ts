import { tinyKernel } from '@banger/core'

/**
 * The smallest guest that shows that Firecracker runs guests here: it counts to 2^25, which takes a KVM that only emulates instructions
 * minutes, and resets through the keyboard controller, which ends Firecracker with status 0. The code means the same in 32-bit and in
 * 64-bit mode: before 1.12 Firecracker enters kernels in the latter.
 */
export function probeGuest(): Buffer {
  return tinyKernel(Buffer.from(program.join('').replaceAll(' ', ''), 'hex'))
}

const program = [
  'b9 00 00 00 02', // mov  $0x2000000, %ecx
  'ff c9 75 fc', //    dec  %ecx; jnz
  'b0 fe e6 64', //    mov  $0xfe, %al; out %al, $0x64
  'f4 eb fd', //       hlt; jmp
]

/** What Firecracker is told to boot it (`--config-file`). */
export function probeConfig(kernel: string): string {
  return JSON.stringify({
    'boot-source': { kernel_image_path: kernel, boot_args: 'reboot=k' },
    'machine-config': { vcpu_count: 1, mem_size_mib: 128 },
    drives: [],
  })
}
