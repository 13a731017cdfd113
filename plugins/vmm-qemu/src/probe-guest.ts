/** Where the guest writes to end QEMU, and the status QEMU ends with: `value << 1 | 1` (docs of isa-debug-exit in QEMU). */
export const debugExitPort = 0xf4
export const debugExitCode = (0x10 << 1) | 1

/** Where the guest's code is loaded. */
const base = 0x100000

/**
 * The smallest guest that shows that a virtual CPU works: an ELF kernel with a PVH entry point (an ELF note of owner "Xen" and
 * type 18, https://xenbits.xen.org/docs/unstable/misc/pvh.html) that enters long mode, does a `cmpxchg16b`, counts to 2^25 and
 * writes 0x10 to the debug-exit port. A KVM that only emulates instructions fails at one of the two.
 */
export function probeGuest(): Buffer {
  const code = Buffer.from(program.join('').replaceAll(' ', ''), 'hex')
  const note = Buffer.alloc(20)
  note.writeUInt32LE(4, 0) // length of the name
  note.writeUInt32LE(4, 4) // length of the value
  note.writeUInt32LE(18, 8) // XEN_ELFNOTE_PHYS32_ENTRY
  note.write('Xen\0', 12, 'latin1')
  note.writeUInt32LE(base, 16)
  const codeAt = 64 + 2 * 56
  return Buffer.concat([
    elfHeader(),
    segment({ type: 1, offset: codeAt, address: base, size: code.length }), // PT_LOAD
    segment({ type: 4, offset: codeAt + code.length, address: 0, size: note.length }), // PT_NOTE
    code,
    note,
  ])
}

function elfHeader(): Buffer {
  const header = Buffer.alloc(64)
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]) // 64-bit, little-endian, version 1
  header.writeUInt16LE(2, 16) // an executable
  header.writeUInt16LE(62, 18) // for x86-64
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(base), 24) // entry
  header.writeBigUInt64LE(64n, 32) // program headers follow this one
  header.writeUInt16LE(64, 52)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(2, 56)
  return header
}

function segment({ type, offset, address, size }: { type: number; offset: number; address: number; size: number }): Buffer {
  const header = Buffer.alloc(56)
  header.writeUInt32LE(type, 0)
  header.writeUInt32LE(7, 4) // readable, writable, executable
  header.writeBigUInt64LE(BigInt(offset), 8)
  header.writeBigUInt64LE(BigInt(address), 16)
  header.writeBigUInt64LE(BigInt(address), 24)
  header.writeBigUInt64LE(BigInt(size), 32)
  header.writeBigUInt64LE(BigInt(size), 40)
  header.writeBigUInt64LE(4n, 48)
  return header
}

/** Assembled by hand; the addresses assume `base`. */
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
