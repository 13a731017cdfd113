import { tinyKernel } from '@banger/core'

/** Where the guest writes to end QEMU, and the status QEMU ends with: `value << 1 | 1` (docs of isa-debug-exit in QEMU). */
export const debugExitPort = 0xf4
export const debugExitCode = (0x10 << 1) | 1

/**
 * The smallest guest that shows that a virtual CPU works: it enters long mode, does a `cmpxchg16b`, counts to 2^25 and writes 0x10 to
 * the debug-exit port. A KVM that only emulates instructions fails at one of the two.
 */
export function probeGuest(): Buffer {
  return tinyKernel(Buffer.from(program.join('').replaceAll(' ', ''), 'hex'))
}

/** Assembled by hand; the addresses assume `tinyKernelBase`. */
const program = [
  'bc 00 30 10 00', //                         mov    $0x103000, %esp
  'c7 05 00 00 11 00 03 10 11 00', //          movl   $0x111003, 0x110000   page tables: the first 2 MiB
  'c7 05 00 10 11 00 03 20 11 00', //          movl   $0x112003, 0x111000
  'c7 05 00 20 11 00 83 00 00 00', //          movl   $0x000083, 0x112000
  'b8 00 00 11 00', //                         mov    $0x110000, %eax
  '0f 22 d8', //                               mov    %eax, %cr3
  '0f 20 e0 83 c8 20 0f 22 e0', //             cr4 |= PAE
  'b9 80 00 00 c0 0f 32', //                   rdmsr  EFER
  '0d 00 01 00 00 0f 30', //                   wrmsr  EFER | LME
  '0f 20 c0 0d 00 00 00 80 0f 22 c0', //       cr0 |= PG
  '0f 01 15 90 00 10 00', //                   lgdt   0x100090
  'ea 5b 00 10 00 08 00', //                   ljmp   $8, $0x10005b
  '31 c0 31 d2', //                            xor    %eax, %eax; xor %edx, %edx
  'bf 00 10 10 00', //                         mov    $0x101000, %edi
  'f0 48 0f c7 0f', //                         lock cmpxchg16b (%rdi)
  'b9 00 00 00 02', //                         mov    $0x2000000, %ecx
  'ff c9 75 fc', //                            dec    %ecx; jnz
  'b0 10 e6 f4', //                            mov    $0x10, %al; out %al, $0xf4
  'f4 eb fd', //                               hlt; jmp
  '0f 1f 80 00 00 00 00', //                   padding
  '00 00 00 00 00 00 00 00', //                the GDT, at 0x100080: a null entry and a 64-bit code segment
  'ff ff 00 00 00 9b af 00',
  '0f 00 80 00 10 00', //                      and its descriptor, at 0x100090
]
